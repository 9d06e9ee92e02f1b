import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshEnterprise } from '../../testing/database.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { identityProviders, memberships, people } from '../tables.ts'

interface Subject {
  email: string
  email_verified?: boolean
  name?: string
}

/** A real OpenID provider on a port of its own, as an enterprise would run one. `login` names who signs in next. */
async function runProvider(publicUrl: string) {
  const subjects = new Map<string, Subject>()
  let next = ''
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'aia', client_secret: 'a secret of the provider', redirect_uris: [`${publicUrl}/oauth/external/callback`] }],
    cookies: { keys: ['test'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_ctx: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...subjects.get(id) }) }),
  })
  const answer = provider.callback()
  const server: Server = createServer(async (incoming, outgoing) => {
    if (!incoming.url?.startsWith('/interaction/')) return answer(incoming, outgoing)
    const interaction = await provider.interactionDetails(incoming, outgoing)
    const grant = new provider.Grant({ accountId: next, clientId: 'aia' })
    grant.addOIDCScope('openid email profile')
    interaction.result = { login: { accountId: next }, consent: { grantId: await grant.save() } }
    await interaction.save(60)
    outgoing.writeHead(303, { location: interaction.returnTo }).end()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    issuer,
    login(sub: string, subject: Subject) {
      subjects.set(sub, subject)
      next = sub
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('signing in by an enterprise’s own provider', () => {
  const publicUrl = 'http://127.0.0.1:3999'
  let aia: TestInstallation
  let outside: Awaited<ReturnType<typeof runProvider>>
  let enterpriseId: string
  const settings = (more: Record<string, unknown> = {}) => ({
    name: 'Company login',
    issuer: outside.issuer,
    client_id: 'aia',
    client_secret: 'a secret of the provider',
    email_domains: ['company.example'],
    joins_people: true,
    default_role: 'analyst',
    ...more,
  })
  const set = (more?: Record<string, unknown>) => aia.json('PUT', 'auth/provider', settings(more))
  beforeAll(async () => {
    outside = await runProvider(publicUrl)
    aia = await startInstallation({ AIA_PUBLIC_URL: publicUrl, AIA_OIDC_INSIDE: outside.issuer })
    enterpriseId = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
    await set()
  })
  afterAll(async () => {
    outside.stop()
    await aia.stop()
  })

  const door = (path: string, cookie = '') =>
    aia.runtime.oauth(new Request(`${publicUrl}${path}`, { headers: { 'x-forwarded-for': '127.0.0.1', ...(cookie ? { cookie } : {}) } }))
  const pairs = (response: Response) => response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')

  /** Goes the way of a browser: to the provider, through its pages, and back; `tamper` may change what comes back. */
  async function signIn(tamper: (callback: URL) => void = () => {}) {
    const started = await door(`/oauth/external/start?enterprise=${enterpriseId}&next=%2Fknowledge`)
    expect(started.status).toBe(303)
    const state = pairs(started).join('; ')
    const jar = new Map<string, string>()
    let at = new URL(started.headers.get('location') ?? '')
    expect(Object.fromEntries(at.searchParams)).toMatchObject({ code_challenge_method: 'S256', state: expect.any(String), nonce: expect.any(String) })
    while (at.origin !== publicUrl) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(at, { redirect: 'manual', headers: { cookie } })
      for (const pair of pairs(response)) jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
      expect(response.status, at.href).toBe(303)
      at = new URL(response.headers.get('location') ?? '', at)
    }
    tamper(at)
    const back = await door(at.pathname + at.search, state)
    const session = pairs(back).find((pair) => pair.startsWith('aia.session=')) ?? null
    return { location: back.headers.get('location'), session, callback: at, state }
  }
  const profile = async (cookie: string) => (await aia.call('GET', 'auth/profile', undefined, { token: null, headers: { cookie } })).json()
  const subject = (name: string, more: Partial<Subject> = {}): [string, Subject] => [
    name,
    { email: `${name}@company.example`, email_verified: true, name, ...more },
  ]

  it('offers the provider for addresses of its domain, and for no others', async () => {
    const methods = async (email: string) => (await aia.call('POST', 'auth/sign-in-methods', { email }, { token: null })).json()
    expect(await methods('Anybody@Company.Example')).toMatchObject({
      providers: [{ name: 'Company login', start: expect.stringContaining(enterpriseId) }],
    })
    expect(await methods('anybody@other.example')).toEqual({ providers: [] })
  })

  it('lets somebody in whom it vouches for, as a new member with the set role, and knows the person again', async () => {
    outside.login(...subject('ada'))
    const first = await signIn()
    expect(first.location).toBe(`${publicUrl}/knowledge`)
    const who = (await profile(first.session ?? '')) as { person: { id: string }; role: string }
    expect(who).toMatchObject({ person: { email: 'ada@company.example', name: 'ada' }, role: 'analyst' })
    // Another address of the same subject is the same person.
    outside.login(...subject('ada', { email: 'ada.new@company.example' }))
    const again = await signIn()
    expect(await profile(again.session ?? '')).toMatchObject({ person: { id: who.person.id, email: 'ada@company.example' } })
  })

  it('binds the session to the enterprise', async () => {
    outside.login(...subject('bea'))
    const { session } = await signIn()
    const headers = { cookie: session ?? '', 'sec-fetch-site': 'same-origin', origin: publicUrl }
    const moved = await aia.call('POST', 'auth/switch', { enterprise_id: enterpriseId }, { token: null, headers })
    expect(moved.status).toBe(403)
  })

  it('never takes over an account that belongs to another enterprise', async () => {
    const { database } = aia.runtime.services
    const other = await freshEnterprise(database as never)
    const victim = crypto.randomUUID()
    await database.identity(async (tx) => {
      await tx.insert(people).values({ id: victim, email: 'victim@company.example', name: 'Victim', passwordHash: '' })
      await tx.insert(memberships).values({ enterpriseId: other, personId: victim, role: 'owner' })
    })
    outside.login(...subject('victim'))
    expect(await signIn()).toMatchObject({ session: null, location: `${publicUrl}/signin?provider=elsewhere` })
  })

  it.each<[string, Partial<Subject>, string]>([
    ['of another domain', { email: 'eve@other.example' }, 'domain'],
    ['of a domain that only looks alike', { email: 'eve@company.example.evil.example' }, 'domain'],
    ['that was not verified', { email_verified: false }, 'unverified'],
  ])('refuses an address %s', async (_what, more, reason) => {
    outside.login(...subject('eve', more))
    expect(await signIn()).toMatchObject({ session: null, location: `${publicUrl}/signin?provider=${reason}` })
  })

  it('refuses strangers where people do not join by themselves', async () => {
    await set({ joins_people: false })
    outside.login(...subject('newcomer'))
    expect(await signIn()).toMatchObject({ session: null, location: `${publicUrl}/signin?provider=stranger` })
    outside.login(...subject('ada'))
    expect((await signIn()).session).not.toBeNull()
    await set()
  })

  it('refuses another state, a code of another sign-in, and a browser that did not begin', async () => {
    outside.login(...subject('ada'))
    const forged = await signIn((callback) => callback.searchParams.set('state', 'x'))
    expect(forged).toMatchObject({ session: null, location: `${publicUrl}/signin?provider=refused` })
    const good = await signIn()
    const replayed = await door(good.callback.pathname + good.callback.search, good.state)
    expect(replayed.headers.get('location')).toBe(`${publicUrl}/signin?provider=refused`)
    const nobody = await door(good.callback.pathname + good.callback.search)
    expect(nobody.headers.get('location')).toBe(`${publicUrl}/signin?provider=expired`)
  })

  it('keeps the secret sealed, and sends it to no other address', async () => {
    const [row] = await aia.runtime.services.database.identity((tx) => tx.select().from(identityProviders))
    expect(JSON.stringify(row)).not.toContain('a secret of the provider')
    expect(JSON.stringify(await aia.json('GET', 'auth/provider'))).not.toContain('secret')
    const kept = await aia.call('PUT', 'auth/provider', settings({ client_secret: undefined, name: 'Renamed' }))
    expect(kept.status).toBe(200)
    const moved = await aia.call('PUT', 'auth/provider', settings({ client_secret: undefined, client_id: 'another' }))
    expect(moved.status).toBe(400)
  })

  it.each(['http://127.0.0.1:1', 'https://127.0.0.1', 'https://10.0.0.1', 'https://localhost', 'http://example.com', 'https://169.254.169.254'])(
    'reaches no provider inside the network that the operator did not name: %s',
    async (issuer) => {
      const response = await aia.call('PUT', 'auth/provider', settings({ issuer }))
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ errors: [{ pointer: '/issuer' }] })
    },
  )

  it('is gone when it is taken away', async () => {
    await aia.json('DELETE', 'auth/provider')
    expect((await door(`/oauth/external/start?enterprise=${enterpriseId}`)).headers.get('location')).toBe(`${publicUrl}/signin?provider=unreachable`)
    expect((await aia.call('DELETE', 'auth/provider')).status).toBe(404)
  })
})
