import type { TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'

/** What samples are made from: an enterprise with an owner, and things in it. */
export interface World {
  aia: TestInstallation
  /** Somebody new in the enterprise, signed in. */
  person(role?: string): Promise<{ id: string; email: string; token: string }>
  /** A source that has been read. */
  source(): Promise<string>
  post<T>(path: string, body?: unknown): Promise<T>
}

/**
 * One call of an operation that must succeed. Operations that only read and need no input need none. Each makes what it needs, because
 * the calls run in no order.
 */
export interface Sample {
  /** Value of the path's parameter: something of the caller's enterprise. */
  id?: (world: World) => Promise<string | number>
  query?: (world: World) => Promise<string>
  body?: (world: World) => Promise<unknown> | unknown
  /** Who calls, where it must not be the owner. */
  token?: (world: World) => Promise<string | null>
  /** The test that sees it succeed, where that takes a device or state that one call cannot bring. */
  elsewhere?: string
}

const password = 'a password of my own'
const unique = () => `${crypto.randomUUID().slice(0, 8)}@example.com`
const invitation = ({ post }: World) => post<{ id: string; link: string }>('auth/invitations', { email: unique(), role: 'analyst' })
const invitationToken = async (world: World) => new URL((await invitation(world)).link).hash.slice(1)
const idOf = async (made: Promise<{ id: string }>) => (await made).id
const apiKey = async ({ post }: World) =>
  (await post<{ item: { id: string } }>('auth/api-keys', { name: 'sample', scopes: ['knowledge.read'] })).item.id
const clientBody = () => ({ name: 'Sample', grant_types: ['client_credentials'], scopes: ['knowledge.read'] })
const oauthClient = ({ post }: World) => idOf(post('auth/clients', clientBody()))
const grant = async (world: World) => ({
  kind: 'source',
  resource_id: await world.source(),
  permission: 'knowledge.read',
  person_id: (await world.person('partner')).id,
})
const doneExport = async (world: World) => {
  const { id } = await world.post<{ id: string }>('audit/export', {})
  await until(
    () => world.aia.json<{ state: string }>('GET', `exports/${id}`),
    ({ state }) => state === 'done',
  )
  return id
}
const viewBody = () => ({ name: `Sample ${crypto.randomUUID().slice(0, 8)}`, query: 'metric=calls' })
const ruleBody = () => ({
  name: `Sample ${crypto.randomUUID().slice(0, 8)}`,
  measurement: 'enterprise_usage',
  metric: 'calls',
  condition: 'above',
  threshold: 1,
  window_seconds: 300,
})
const rule = ({ post }: World) => idOf(post('analytics/alert-rules', ruleBody()))
const answer = ({ post }: World) => idOf(post('neural/process', { data: { question: 'Where does the lighthouse stand?' } }))
// An address that no name service gives: what is sent there fails without leaving the machine.
const webhookBody = () => ({ url: 'https://hooks.invalid/aia', events: ['training.ended'] })
const webhook = async ({ aia, post }: World) =>
  (await aia.json<{ items: { id: string }[] }>('GET', 'webhooks')).items[0]?.id ??
  (await post<{ item: { id: string } }>('webhooks', webhookBody())).item.id
const atom = async (world: World) => {
  await world.source()
  return (await world.aia.json<{ items: { id: string }[] }>('GET', 'neural/atoms?limit=1')).items[0]?.id ?? ''
}

export const samples: Record<string, Sample> = {
  'analytics.changeRule': { id: rule, body: ruleBody },
  'analytics.deleteRule': { id: rule },
  'analytics.deleteView': { id: ({ post }) => idOf(post('analytics/views', viewBody())) },
  'analytics.makeRule': { body: ruleBody },
  'analytics.saveView': { body: viewBody },
  'analytics.series': { query: () => Promise.resolve('measurement=enterprise_usage&metric=calls') },
  'analytics.tagValues': { query: () => Promise.resolve('measurement=enterprise_usage&metric=calls&tag=operation') },
  'audit.getAuditConsistency': { query: () => Promise.resolve('first=1') },
  'audit.getAuditProof': { id: () => Promise.resolve(1) },
  'audit.rotateCheckpointKeys': { body: () => ({}) },
  'audit.startAuditExport': { body: () => ({}) },
  'audit.signAudit': { body: () => ({}) },
  'auth.acceptInvitation': { body: async (world) => ({ token: await invitationToken(world), name: 'Ada', password }), token: async () => null },
  'auth.addPasskey': { elsewhere: 'server/auth/factors' },
  'auth.beginPasskey': { body: () => ({}) },
  'auth.challengePasskey': { body: () => ({}), token: async () => null },
  'auth.changePassword': {
    body: () => ({ current_password: password, new_password: 'Tarnholm-Vantorp-1871-Quorvane' }),
    token: async ({ person }) => (await person()).token,
  },
  'auth.changeRole': { id: ({ person }) => idOf(person()), body: () => ({ role: 'operator' }) },
  'auth.changeSecuritySettings': { body: () => ({ require_mfa: false, session_hours: 720 }) },
  'auth.confirmTotp': { elsewhere: 'server/auth/factors' },
  'auth.createClient': { body: clientBody },
  'auth.createEnterprise': { body: () => ({ name: 'Sample' }) },
  'auth.deleteClient': { id: oauthClient },
  'auth.endImpersonation': { elsewhere: 'server/auth/enterprises' },
  'auth.forgetProvider': { elsewhere: 'server/auth/external' },
  'auth.impersonate': {
    body: async ({ person }) => ({ person_id: (await person()).id, reason: 'A sample of the operation.' }),
    token: async ({ person }) => (await person('admin')).token,
  },
  'auth.rotateClientSecret': { id: oauthClient },
  'auth.setProvider': { elsewhere: 'server/auth/external' },
  'auth.signInMethods': { body: () => ({ email: unique() }), token: async () => null },
  'auth.switchEnterprise': {
    body: async ({ aia }) => ({ enterprise_id: (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id }),
    token: async ({ person }) => (await person()).token,
  },
  'auth.createApiKey': { body: () => ({ name: 'sample', scopes: ['knowledge.read'] }) },
  'auth.endOtherSessions': { body: () => ({}), token: async ({ person }) => (await person()).token },
  'auth.enrolTotp': { body: () => ({}), token: async ({ person }) => (await person()).token },
  'auth.eraseMyself': { elsewhere: 'server/auth/privacy' },
  'auth.erasePerson': { elsewhere: 'server/auth/privacy' },
  'auth.explainAccess': { query: async ({ person }) => `person_id=${(await person()).id}&operation=neural.status` },
  'auth.exportPersonData': { id: ({ person }) => idOf(person()) },
  'auth.grantAccess': { body: grant },
  'auth.invitePerson': { body: () => ({ email: unique(), role: 'analyst' }) },
  'auth.login': { body: async ({ person }) => ({ email: (await person()).email, password }), token: async () => null },
  'auth.loginPasskey': { elsewhere: 'server/auth/factors' },
  'auth.logout': { body: () => ({}), token: async ({ person }) => (await person()).token },
  'auth.readInvitation': { body: async (world) => ({ token: await invitationToken(world) }), token: async () => null },
  'auth.refresh': {
    body: async ({ person, post }) => ({
      refresh_token: (await post<{ refresh_token: string }>('auth/login', { email: (await person()).email, password })).refresh_token,
    }),
    token: async () => null,
  },
  'auth.removePasskey': { elsewhere: 'server/auth/factors' },
  'auth.removePerson': { id: ({ person }) => idOf(person()) },
  'auth.removeTotp': { elsewhere: 'server/auth/factors' },
  'auth.renewRecoveryCodes': { elsewhere: 'server/auth/factors' },
  'auth.resumePerson': {
    id: async ({ person, post }) => {
      const { id } = await person()
      await post(`auth/people/${id}/suspend`)
      return id
    },
  },
  'auth.revokeApiKey': { id: apiKey },
  'auth.revokeGrant': { id: async (world) => idOf(world.post('auth/grants', await grant(world))) },
  'auth.revokeSession': {
    id: async ({ person, aia }) => {
      const { token } = await person()
      const list = await aia.call('GET', 'auth/sessions', undefined, { token })
      return ((await list.json()) as { items: { id: string }[] }).items[0]?.id ?? ''
    },
  },
  'auth.rotateApiKey': { id: apiKey, body: () => ({}) },
  'auth.rotateDataKeys': { body: () => ({}) },
  'auth.rotateSigningKeys': { body: () => ({}) },
  'auth.startOwnExport': { body: () => ({}) },
  'auth.startPersonExport': { id: ({ person }) => idOf(person()), body: () => ({}) },
  'auth.stepUp': { body: () => ({ password }), token: async ({ person }) => (await person()).token },
  'auth.suspendPerson': { id: ({ person }) => idOf(person()) },
  'auth.withdrawInvitation': { id: async (world) => (await invitation(world)).id },
  'exports.download': { id: doneExport },
  'exports.get': { id: doneExport },
  'exports.remove': { id: doneExport },
  'jobs.cancel': { elsewhere: 'server/jobs/operations.test.ts' },
  'jobs.get': { id: async ({ source }) => `ingestion-${await source()}-1` },
  'jobs.retry': { elsewhere: 'server/jobs/operations.test.ts' },
  'neural.addSources': { body: () => ({ title: 'Sample', content: 'The lighthouse stands on an island.' }) },
  'neural.deleteSource': { id: ({ source }) => source() },
  'neural.exportKnowledge': { body: () => ({}) },
  'neural.feedback': { body: async (world) => ({ result_id: await answer(world), useful: true }) },
  'neural.getAtom': { id: atom },
  'neural.getResult': { id: answer },
  'neural.getSource': { id: ({ source }) => source() },
  'neural.graphPath': {
    query: async (world) => {
      const id = await atom(world)
      return `from=${id}&to=${id}`
    },
  },
  'neural.previewDelete': { id: ({ source }) => source() },
  'neural.process': { body: () => ({ data: { question: 'Where does the lighthouse stand?' } }) },
  'neural.publishModel': { elsewhere: 'server/neural/train.test.ts' },
  'neural.rebuildGraph': {},
  'neural.retrySource': { elsewhere: 'server/neural/sources/ingestion-job.test.ts' },
  'neural.sourceContent': { id: ({ source }) => source() },
  'neural.sourceOriginal': { id: ({ source }) => source() },
  'neural.train': { body: () => ({}) },
  'webhooks.change': { id: webhook, body: () => ({ description: 'Another' }) },
  'webhooks.create': { body: webhookBody },
  'webhooks.delete': { id: webhook },
  'webhooks.deliveries': { id: webhook },
  'webhooks.repeat': { id: async (world) => idOf(world.post(`webhooks/${await webhook(world)}/test`)) },
  'webhooks.rotate': { id: webhook },
  'webhooks.test': { id: webhook },
}
