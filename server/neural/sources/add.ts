import { longOperation } from '../../gateway/operation.ts'
import { accepted, sourceInput } from '../contract.ts'
import { gather, refuseUnreadable } from './gather.ts'
import { enqueueSources, storeOriginals } from './store.ts'

export const addSources = longOperation
  .meta({ permission: 'knowledge.write', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/neural/sources',
    successStatus: 202,
    summary: 'Add files (multipart field file), a text (JSON title, content) or what stands at a URL',
    tags: ['neural'],
  })
  .input(sourceInput)
  .output(accepted)
  .handler(async ({ input, context: { services, caller, write } }) => {
    const incoming = await gather(services, input)
    for (const document of incoming) await refuseUnreadable(document)
    const stored = await storeOriginals(services, caller.enterpriseId, incoming)
    const items = await write(async (tx, audit) => {
      const list = await enqueueSources(tx, services, caller, stored)
      const titles = list.map((item) => item.title)
      audit({ target: list.map((item) => item.id).join(','), after: { titles }, detail: { titles } })
      return list
    })
    const [first] = items
    if (!first) throw new Error('No source was stored.')
    return { ...first, items }
  })
