import { z } from 'zod'
import { type ExportAbout, type ExportKind, exportView, startExport } from '../../gateway/exports.ts'
import { longOperation, operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import type { Services } from '../../gateway/services.ts'
import { memberOf } from '../people/member.ts'
import { accountData, enterprisesOf } from './account.ts'
import { type PersonalExport, personDocument } from './document.ts'

const format = z.enum(['json', 'html']).default('json')

type Progress = (done: number, total: number) => Promise<void>

/** Everything about a person: in one enterprise, or in all that it belongs to. */
async function gather(
  services: Services,
  personId: string,
  enterpriseId: string | null,
  progress: Progress = async () => {},
): Promise<PersonalExport> {
  const { account, places } = await services.database.identity(async (tx) => ({
    account: await accountData(tx, personId, enterpriseId),
    places: (await enterprisesOf(tx, personId)).filter(({ id }) => enterpriseId === null || id === enterpriseId),
  }))
  const enterprises: PersonalExport['enterprises'] = [{ name: 'Account', parts: account.parts }]
  const total = places.length * services.personalData.length
  let done = 0
  for (const place of places) {
    const parts: Record<string, Record<string, unknown>[]> = {}
    for (const held of services.personalData) {
      Object.assign(parts, await services.database.tenant(place.id, (tx) => held.collect(tx, services, { personId, enterpriseId: place.id })))
      await progress(++done, total)
    }
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

const gatherAs = (enterpriseOf: (about: ExportAbout) => string | null): ExportKind['gather'] => {
  return async (services, about, progress) =>
    file(await gather(services, String(about.subject), enterpriseOf(about), progress), about.format === 'html' ? 'html' : 'json')
}

/** The same as files that a job makes: of a person in all its enterprises, and in one. */
export const personalExports: readonly ExportKind[] = [
  { kind: 'own', gather: gatherAs(() => null) },
  { kind: 'person', gather: gatherAs(({ enterpriseId }) => enterpriseId) },
]

export const startOwnExport = operation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/privacy/export',
    successStatus: 202,
    summary: 'Have everything AIA holds about you, in all your enterprises, made into a file to download',
    tags: ['privacy'],
  })
  .input(z.strictObject({ format }))
  .output(exportView)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    if (caller.kind !== 'person' || caller.impersonator) throw problem('forbidden', 'Only the person itself can have its data of all enterprises.')
    const made = await startExport(tx, services, caller, { kind: 'own', subject: caller.personId, format: input.format })
    audit({ target: made.id, after: { kind: made.kind, format: made.format }, detail: { kind: made.kind } })
    return made
  })

export const startPersonExport = longOperation
  .meta({ permission: 'privacy.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/privacy/people/{id}/export',
    successStatus: 202,
    summary: 'Have everything this enterprise holds about one of its people made into a file to download, for a data subject request',
    tags: ['privacy'],
  })
  .input(z.strictObject({ id: z.uuid(), format }))
  .output(exportView)
  .handler(async ({ input, context: { write, caller, services } }) => {
    await services.database.identity((tx) => memberOf(tx, caller.enterpriseId, input.id))
    return write(async (tx, audit) => {
      const made = await startExport(tx, services, caller, { kind: 'person', subject: input.id, format: input.format })
      audit({ target: input.id, after: { kind: made.kind, format: made.format }, detail: { kind: made.kind, export: made.id } })
      return made
    })
  })
