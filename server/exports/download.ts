import { download, handOut } from '../gateway/download.ts'
import { longOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { exportId } from './contract.ts'
import { visibleExport } from './visible.ts'

export const downloadExport = longOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'row', state: 'event' })
  .route({
    method: 'GET',
    path: '/v1/exports/{id}/download',
    summary: 'The file of an export, or the address at which the object store gives it for five minutes',
    tags: ['exports'],
    outputStructure: 'detailed',
  })
  .input(exportId)
  .output(download)
  .handler(async ({ input, context }) => {
    const { write, caller } = context
    const row = await write(async (tx, audit) => {
      const found = await visibleExport(tx, caller, input.id)
      if (found.state !== 'done') throw problem('conflict', `This export is ${found.state}: there is nothing to download.`)
      audit({ target: found.id, detail: { kind: found.kind } })
      return found
    })
    const { objectKey, fileName, contentType } = row
    if (!objectKey || !fileName || !contentType) throw new Error(`The export ${row.id} is done, but has no file.`)
    return handOut(context, objectKey, { fileName, contentType })
  })
