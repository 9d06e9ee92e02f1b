import { z } from 'zod'
import { longOperation } from '../../gateway/operation.ts'
import type { Services } from '../../gateway/services.ts'
import { memberOf } from '../people/member.ts'
import { accountData, enterprisesOf } from './account.ts'
import { type PersonalExport, personDocument } from './document.ts'

const format = z.enum(['json', 'html']).default('json')

/** Everything about a person: in one enterprise, or in all that it belongs to. */
async function gather(services: Services, personId: string, enterpriseId: string | null): Promise<PersonalExport> {
  const { account, places } = await services.database.identity(async (tx) => ({
    account: await accountData(tx, personId, enterpriseId),
    places: (await enterprisesOf(tx, personId)).filter(({ id }) => enterpriseId === null || id === enterpriseId),
  }))
  const enterprises: PersonalExport['enterprises'] = [{ name: 'Account', parts: account.parts }]
  for (const place of places) {
    const parts: Record<string, Record<string, unknown>[]> = {}
    for (const held of services.personalData)
      Object.assign(parts, await services.database.tenant(place.id, (tx) => held.collect(tx, services, { personId, enterpriseId: place.id })))
    enterprises.push({ name: place.name, parts })
  }
  return { exported_at: new Date().toISOString(), person: account.person, enterprises }
}

function file(data: PersonalExport, as: 'json' | 'html'): File {
  return as === 'html'
    ? new File([personDocument(data)], 'personal-data.html', { type: 'text/html; charset=utf-8' })
    : new File([JSON.stringify(data, null, 2)], 'personal-data.json', { type: 'application/json' })
}

export const exportOwnData = longOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'event' })
  .route({ method: 'GET', path: '/v1/privacy/export', summary: 'Everything AIA holds about you, in all your enterprises', tags: ['privacy'] })
  .input(z.strictObject({ format }))
  .output(z.file())
  .handler(async ({ input, context: { write, caller, services } }) => {
    await write(async (_tx, audit) => audit({ target: caller.personId }))
    return file(await gather(services, caller.personId, null), input.format)
  })

export const exportPersonData = longOperation
  .meta({ permission: 'privacy.manage', limit: 'default', audit: 'row', state: 'event' })
  .route({
    method: 'GET',
    path: '/v1/privacy/people/{id}/export',
    summary: 'Everything this enterprise holds about one of its people, for a data subject request',
    tags: ['privacy'],
  })
  .input(z.strictObject({ id: z.uuid(), format }))
  .output(z.file())
  .handler(async ({ input, context: { write, caller, services } }) => {
    await services.database.identity((tx) => memberOf(tx, caller.enterpriseId, input.id))
    await write(async (_tx, audit) => audit({ target: input.id }))
    return file(await gather(services, input.id, caller.enterpriseId), input.format)
  })
