import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'

describe('grants on single sources', () => {
  let aia: TestInstallation
  let partner: { id: string; token: string }
  let open: string
  let closed: string
  const password = 'a password of my own'
  beforeAll(async () => {
    aia = await startInstallation()
    const { link } = await aia.json<{ link: string }>('POST', 'auth/invitations', { email: 'partner@example.com', role: 'partner' })
    await aia.call('POST', 'auth/invitations/accept', { token: new URL(link).hash.slice(1), name: 'Partner', password }, { token: null })
    const login = await aia.call('POST', 'auth/login', { email: 'partner@example.com', password }, { token: null })
    const { items } = await aia.json<{ items: { id: string }[] }>('GET', 'auth/people?q=partner')
    partner = { id: items[0]?.id ?? '', token: ((await login.json()) as { access_token: string }).access_token }
    open = await aia.add('Open', '# Tides\n\nThe tide turns twice a day in this harbour.\n\n# Shared\n\nBoth documents say this one sentence.')
    closed = await aia.add(
      'Closed',
      '# Margins\n\nThe margin of the harbour is a secret number.\n\n# Shared\n\nBoth documents say this one sentence.',
    )
  })
  afterAll(() => aia.stop())

  const asPartner = (method: string, path: string, body?: unknown) => aia.call(method, path, body, { token: partner.token })
  const status = async (method: string, path: string, body?: unknown) => (await asPartner(method, path, body)).status
  const grant = (more: Record<string, unknown> = {}) =>
    aia.json<{ id: string }>('POST', 'auth/grants', {
      kind: 'source',
      resource_id: open,
      permission: 'knowledge.read',
      person_id: partner.id,
      ...more,
    })
  const why = (operation: string, resourceId?: string) =>
    aia.json('GET', `auth/access/decision?person_id=${partner.id}&operation=${operation}${resourceId ? `&resource_id=${resourceId}` : ''}`)

  it('opens exactly what was granted, in every operation that shows sources or atoms', async () => {
    expect(await status('GET', 'neural/sources')).toBe(403)
    expect(await why('neural.getSource', open)).toMatchObject({ allowed: false, rule: 'none' })
    const { id } = await grant()
    const list = (await (await asPartner('GET', 'neural/sources')).json()) as { items: { id: string }[]; counts: Record<string, number> }
    expect(list.items.map((source) => source.id)).toEqual([open])
    expect(list.counts.ready).toBe(1)
    expect(await status('GET', `neural/sources/${open}`)).toBe(200)
    expect(await status('GET', `neural/sources/${closed}`)).toBe(404)
    expect(await status('GET', `neural/sources/${crypto.randomUUID()}`)).toBe(404)
    expect(await (await asPartner('GET', `neural/sources/${open}/content`)).text()).toContain('The tide turns')
    expect(await status('GET', `neural/sources/${closed}/content`)).toBe(404)
    expect(await status('DELETE', `neural/sources/${open}`)).toBe(403)

    const all = await aia.json<{ items: { id: string; title: string; sources: number }[] }>('GET', 'neural/atoms')
    const seen = (await (await asPartner('GET', 'neural/atoms')).json()) as typeof all & { total: number; facets: unknown }
    expect(JSON.stringify(seen)).not.toContain('Margin')
    expect(seen.items.length).toBeGreaterThan(0)
    expect(seen.items.length).toBe(seen.total)
    expect(seen.items.length).toBeLessThan(all.items.length)
    expect(new Set(seen.items.map((atom) => atom.sources))).toEqual(new Set([1]))
    const hidden = all.items.filter((atom) => !seen.items.some((other) => other.id === atom.id))
    for (const atom of hidden) expect(await status('GET', `neural/atoms/${atom.id}`)).toBe(404)
    for (const atom of seen.items) {
      const detail = await (await asPartner('GET', `neural/atoms/${atom.id}`)).text()
      for (const secret of [closed, ...hidden.map((other) => other.id)]) expect(detail).not.toContain(secret)
    }
    // What no grant can confine stays closed.
    expect(await status('GET', 'neural/graph')).toBe(403)
    expect(await status('POST', 'neural/process', { data: { question: 'When does the tide turn?' } })).toBe(403)

    expect(await why('neural.getSource', open)).toMatchObject({ allowed: true, rule: 'grant', grant_id: id })
    expect(await why('neural.getSource', closed)).toMatchObject({ allowed: false, rule: 'none' })
    expect(await why('neural.listSources')).toMatchObject({ allowed: true, rule: 'grant' })
    expect(await why('neural.process')).toMatchObject({ allowed: false, rule: 'none', permission: 'knowledge.ask' })
    expect(await why('auth.login')).toMatchObject({ allowed: true, rule: 'public' })
    await aia.json('DELETE', `auth/grants/${id}`)
    expect(await status('GET', `neural/sources/${open}`)).toBe(403)
  })

  it('counts for everybody with the role, until it expires', async () => {
    const { id } = await grant({ person_id: undefined, role: 'partner', expires_at: new Date(Date.now() + 3_600_000).toISOString() })
    expect(await status('GET', `neural/sources/${open}`)).toBe(200)
    const { database } = aia.runtime.services
    const { resourceGrants } = await import('../tables.ts')
    await database.identity((tx) => tx.update(resourceGrants).set({ expiresAt: new Date(Date.now() - 1_000) }))
    expect(await status('GET', `neural/sources/${open}`)).toBe(403)
    expect(await aia.json('GET', 'auth/grants')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ id, expired: true, role: 'partner', person: null })]),
    })
    await aia.json('DELETE', `auth/grants/${id}`)
  })

  it.each([
    ['nobody', { person_id: undefined }, 400],
    ['two', { role: 'partner' }, 400],
    ['a permission of roles', { permission: 'people.manage' }, 400],
    ['the past', { expires_at: '2020-01-01T00:00:00Z' }, 400],
    ['a stranger', { person_id: '00000000-0000-4000-8000-000000000000' }, 404],
  ])('refuses a grant to or with %s', async (_what, more, expected) => {
    const body = { kind: 'source', resource_id: open, permission: 'knowledge.read', person_id: partner.id, ...more }
    expect((await aia.call('POST', 'auth/grants', body)).status).toBe(expected)
  })

  it('says why for an API key and an OAuth client: scopes narrow, and what has ended opens nothing', async () => {
    const why = (query: string) => aia.json('GET', `auth/access/decision?${query}`)
    const { item } = await aia.json<{ item: { id: string } }>('POST', 'auth/api-keys', { name: 'Reader', scopes: ['knowledge.read'] })
    expect(await why(`api_key_id=${item.id}&operation=neural.listSources`)).toMatchObject({ allowed: true, rule: 'role' })
    expect(await why(`api_key_id=${item.id}&operation=neural.train`)).toMatchObject({ allowed: false, rule: 'scope' })
    await aia.json('DELETE', `auth/api-keys/${item.id}`)
    expect(await why(`api_key_id=${item.id}&operation=neural.listSources`)).toMatchObject({ allowed: false, rule: 'ended' })

    const body = { name: 'Robot', grant_types: ['client_credentials'], role: 'agent', scopes: ['knowledge.read', 'learning.train'] }
    const client = await aia.json<{ id: string }>('POST', 'auth/clients', body)
    expect(await why(`client_id=${client.id}&operation=neural.listSources`)).toMatchObject({ allowed: true, rule: 'role' })
    expect(await why(`client_id=${client.id}&operation=neural.train`)).toMatchObject({ allowed: false, rule: 'none' })
    expect(await why(`client_id=${client.id}&operation=neural.process`)).toMatchObject({ allowed: false, rule: 'scope' })
    expect(await why(`client_id=${client.id}&person_id=${partner.id}&operation=neural.listSources`)).toMatchObject({ rule: 'ended' })
    const site = { name: 'Site', grant_types: ['authorization_code'], redirect_uris: ['https://site.example/cb'], scopes: ['knowledge.read'] }
    const { id } = await aia.json<{ id: string }>('POST', 'auth/clients', site)
    expect(await why(`client_id=${id}&person_id=${partner.id}&operation=neural.graph`)).toMatchObject({ allowed: false, rule: 'none' })
    expect(await why(`client_id=${id}&person_id=${partner.id}&operation=neural.process`)).toMatchObject({ allowed: false, rule: 'scope' })
    const nobody = crypto.randomUUID()
    for (const [query, expected] of [
      [`api_key_id=${nobody}`, 404],
      [`client_id=${nobody}`, 404],
      [`api_key_id=${nobody}&person_id=${partner.id}`, 400],
      ['', 400],
    ])
      expect((await aia.call('GET', `auth/access/decision?operation=neural.train&${query}`)).status, String(query)).toBe(expected)
  })

  it('shows what every role may do, from the same table that decides', async () => {
    const matrix = await aia.json<{ roles: { role: string; permissions: string[] }[]; operations: { name: string }[] }>('GET', 'auth/access')
    expect(matrix.roles.find(({ role }) => role === 'partner')?.permissions).toEqual(['profile.read', 'account.manage'])
    expect(matrix.operations.map(({ name }) => name)).toContain('auth.explainAccess')
    expect(await status('GET', 'auth/access')).toBe(403)
  })
})
