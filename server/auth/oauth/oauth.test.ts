import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { and, asc, eq } from 'drizzle-orm'
import * as relyingParty from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../../gateway/log.ts'
import { auditEntries } from '../../gateway/tables.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { sessionCookieHeader } from '../browser-session.ts'
import { rotateSigningKeys, signingKeysOf } from '../signing-keys.ts'
import { oauthRecords, sessions } from '../tables.ts'

/** A free port, so that the installation's public address is known before it starts. */
async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

const redirectUri = 'http://127.0.0.1:9/callback'

/** A browser's cookies, by name; paths are not looked at. */
class Jar {
  readonly #cookies = new Map<string, string>()
  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(pair.slice(0, at))
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
  }
  add(line: string): void {
    const [pair = ''] = line.split(';')
    this.#cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

describe('AIA as OpenID provider', () => {
  let aia: TestInstallation
  let server: Server
  let origin: string
  const lines: string[] = []
  const insecure = { execute: [relyingParty.allowInsecureRequests] }

  beforeAll(async () => {
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    const log = createLogger('info', { write: (line) => void lines.push(line) })
    aia = await startInstallation({ AIA_PUBLIC_URL: origin, AIA_LOG_LEVEL: 'info' }, undefined, log)
    server = createServer(async (incoming, outgoing) => {
      const parts: Buffer[] = []
      for await (const part of incoming) parts.push(part as Buffer)
      const headers = new Headers()
      for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') headers.set(name, value)
      headers.set('x-forwarded-for', '127.0.0.1')
      const body = Buffer.concat(parts)
      const request = new Request(origin + incoming.url, { method: incoming.method ?? 'GET', headers, ...(body.length ? { body } : {}) })
      const response = incoming.url?.startsWith('/api')
        ? await aia.runtime.doors.rest(request)
        : incoming.url === '/.well-known/jwks.json'
          ? Response.json((await signingKeysOf(aia.runtime.services)).keySet)
          : await aia.runtime.oauth(request)
      outgoing.writeHead(response.status, Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie')))
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await aia.stop()
  })

  interface Registered {
    id: string
    client_id: string
    client_secret: string
  }
  const register = (more: Record<string, unknown> = {}) =>
    aia.json<Registered>('POST', 'auth/clients', {
      name: 'Test program',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      scopes: ['knowledge.read', 'profile.read'],
      ...more,
    })
  const machine = (more: Record<string, unknown> = {}) =>
    register({ redirect_uris: [], grant_types: ['client_credentials'], role: 'analyst', scopes: ['knowledge.read'], ...more })
  const discover = (client: Registered) =>
    relyingParty.discovery(new URL(origin), client.client_id, client.client_secret, relyingParty.ClientSecretBasic(client.client_secret), insecure)
  const apiStatus = async (path: string, token: string) => (await aia.call('GET', path, undefined, { token })).status

  /** The owner's browser, signed in. */
  async function browser(email = 'owner@example.com', password = 'a long test password'): Promise<Jar> {
    const response = await aia.call('POST', 'auth/login', { email, password }, { token: null })
    const { access_token } = (await response.json()) as { access_token: string }
    const claims = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string }
    const jar = new Jar()
    jar.add(await sessionCookieHeader(aia.runtime.services, { personId: claims.sub, sessionId: claims.sid }))
    return jar
  }
  const visit = async (jar: Jar, url: string, init: RequestInit = {}) => {
    const headers = { ...(init.headers as Record<string, string>), cookie: jar.header, 'x-forwarded-for': '127.0.0.1' }
    const response = await aia.runtime.oauth(new Request(url, { ...init, headers }))
    jar.take(response)
    return response
  }
  const decide = (jar: Jar, decision: string, site = 'same-origin') =>
    visit(jar, `${origin}/oauth/interaction`, {
      method: 'POST',
      body: JSON.stringify({ decision }),
      headers: { 'content-type': 'application/json', 'sec-fetch-site': site, origin },
    })

  /** Follows a program's request through the consent page to its redirect URI. */
  async function authorize(config: relyingParty.Configuration, scope: string, jar: Jar, decision: 'allow' | 'deny' = 'allow') {
    const verifier = relyingParty.randomPKCECodeVerifier()
    const checks = { pkceCodeVerifier: verifier, expectedState: relyingParty.randomState(), expectedNonce: relyingParty.randomNonce() }
    const url = relyingParty.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope,
      code_challenge: await relyingParty.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      prompt: 'consent',
    })
    const asked = await visit(jar, url.href)
    expect(asked.status, await asked.clone().text()).toBe(303)
    expect(new URL(asked.headers.get('location') ?? '', origin).pathname).toMatch(/^\/consent\//)
    const shown = await (await visit(jar, `${origin}/oauth/interaction`)).json()
    const { redirect } = (await (await decide(jar, decision)).json()) as { redirect: string }
    const back = await visit(jar, redirect)
    expect(back.status).toBe(303)
    return { callback: new URL(back.headers.get('location') ?? ''), checks, shown }
  }

  /** What the audit log says about a client: operation, who did it, and how. */
  async function audited(client: Registered) {
    const { enterprise, person } = await aia.json<{ enterprise: { id: string }; person: { id: string } }>('GET', 'auth/profile')
    const found = await aia.runtime.services.database.tenant(enterprise.id, (tx) =>
      tx
        .select()
        .from(auditEntries)
        .where(and(eq(auditEntries.target, client.id), eq(auditEntries.outcome, 'done')))
        .orderBy(asc(auditEntries.sequence)),
    )
    const who = (actor: string) => (actor === person.id ? 'person' : actor === client.id ? 'client' : actor)
    return found
      .filter(({ operation }) => operation.startsWith('oauth.'))
      .map(({ operation, actor, detail }) => [operation, who(actor), (detail as { grant_type?: string } | null)?.grant_type ?? null])
  }

  it('describes itself', async () => {
    const metadata = (await (await fetch(`${origin}/.well-known/openid-configuration`)).json()) as Record<string, unknown>
    expect(metadata).toMatchObject({
      issuer: origin,
      authorization_endpoint: `${origin}/oauth/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      jwks_uri: `${origin}/.well-known/jwks.json`,
      revocation_endpoint: `${origin}/oauth/revoke`,
      introspection_endpoint: `${origin}/oauth/introspect`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
    })
    expect(metadata.registration_endpoint).toBeUndefined()
  })

  it('signs a person in through the consent page, and its token opens what was allowed and nothing else', async () => {
    const client = await register()
    const config = await discover(client)
    const jar = await browser()
    const { callback, checks, shown } = await authorize(config, 'openid profile email offline_access knowledge.read', jar)
    expect(shown).toMatchObject({
      client: { name: 'Test program' },
      permissions: ['knowledge.read'],
      identity: ['openid', 'profile', 'email', 'offline_access'],
    })
    const tokens = await relyingParty.authorizationCodeGrant(config, callback, checks)
    expect(tokens.claims()).toMatchObject({ iss: origin, email: 'owner@example.com', name: 'Administrator' })
    expect(await apiStatus('neural/status', tokens.access_token)).toBe(200)
    expect(await apiStatus('auth/people', tokens.access_token)).toBe(403)
    const header = JSON.parse(Buffer.from(tokens.access_token.split('.')[0] ?? '', 'base64url').toString()) as object
    expect(header).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })

    const fresh = await relyingParty.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(await apiStatus('neural/status', fresh.access_token)).toBe(200)
    expect((await relyingParty.tokenIntrospection(config, fresh.access_token)).active).toBe(true)
    // A refresh token that was used before ends what it began.
    await expect(relyingParty.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow()
    expect(await apiStatus('neural/status', fresh.access_token)).toBe(401)
    // A code works once.
    await expect(relyingParty.authorizationCodeGrant(config, callback, checks)).rejects.toThrow()
    expect(await audited(client)).toEqual([
      ['oauth.allow', 'person', null],
      ['oauth.issueToken', 'person', 'authorization_code'],
      ['oauth.issueToken', 'person', 'refresh_token'],
      ['oauth.endGrant', 'client', 'refresh_token'],
    ])

    const stored = await aia.runtime.services.database.identity((tx) => tx.select().from(oauthRecords))
    expect(stored.length).toBeGreaterThan(0)
    expect(JSON.stringify(stored)).not.toContain(fresh.refresh_token)
    expect(JSON.stringify(stored)).not.toContain('owner@example.com')
  })

  it('ends tokens on revocation', async () => {
    const client = await register()
    const config = await discover(client)
    const { callback, checks } = await authorize(config, 'openid offline_access knowledge.read', await browser())
    const tokens = await relyingParty.authorizationCodeGrant(config, callback, checks)
    await relyingParty.tokenRevocation(config, tokens.access_token)
    expect(await apiStatus('neural/status', tokens.access_token)).toBe(401)
    expect(await relyingParty.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false })
    const fresh = await relyingParty.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await relyingParty.tokenRevocation(config, fresh.refresh_token ?? '')
    expect(await apiStatus('neural/status', fresh.access_token)).toBe(401)
    expect((await audited(client)).filter(([operation]) => operation === 'oauth.revokeToken')).toEqual(
      Array(2).fill(['oauth.revokeToken', 'client', null]),
    )
  })

  it('tells a program that the person said no, and asks for nothing that is missing', async () => {
    const config = await discover(await register())
    const { callback, checks } = await authorize(config, 'openid knowledge.read', await browser(), 'deny')
    expect(callback.searchParams.get('error')).toBe('access_denied')
    await expect(relyingParty.authorizationCodeGrant(config, callback, checks)).rejects.toThrow()
  })

  it('refuses a request without PKCE, with another redirect URI, or with a scope the client has not', async () => {
    const client = await register()
    const base = { client_id: client.client_id, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', state: 'x' }
    const ask = async (more: Record<string, string>) => visit(new Jar(), `${origin}/oauth/authorize?${new URLSearchParams({ ...base, ...more })}`)
    expect((await ask({})).headers.get('location')).toContain('error=invalid_request')
    const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
    expect((await ask({ ...challenge, scope: 'openid people.manage' })).headers.get('location')).toContain('error=invalid_scope')
    const foreign = await ask({ ...challenge, redirect_uri: 'http://127.0.0.1:9/other' })
    expect([foreign.status, foreign.headers.get('location')]).toEqual([400, null])
    expect((await ask({ ...challenge, response_type: 'token' })).headers.get('location') ?? '').not.toContain('access_token')
  })

  it('lets only the browser that began answer, from a page of its own, and signed in', async () => {
    const config = await discover(await register())
    const verifier = relyingParty.randomPKCECodeVerifier()
    const url = relyingParty.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await relyingParty.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    const nobody = new Jar()
    await visit(nobody, url.href)
    expect((await visit(nobody, `${origin}/oauth/interaction`)).status).toBe(401)
    const other = await browser()
    expect((await decide(other, 'allow')).status).toBe(404)
    const own = await browser()
    await visit(own, url.href)
    expect((await decide(own, 'allow', 'cross-site')).status).toBe(403)
    expect((await decide(own, 'perhaps')).status).toBe(400)
  })

  it('lets a program act for itself, within its role and its scopes', async () => {
    const client = await machine()
    const config = await discover(client)
    const { access_token } = await relyingParty.clientCredentialsGrant(config, { scope: 'knowledge.read' })
    expect(await audited(client)).toEqual([['oauth.issueToken', 'client', 'client_credentials']])
    expect(await apiStatus('neural/status', access_token)).toBe(200)
    expect(await apiStatus('neural/metrics', access_token)).toBe(403)
    expect(await apiStatus('auth/people', access_token)).toBe(403)
    await expect(relyingParty.clientCredentialsGrant(config, { scope: 'learning.read' })).rejects.toThrow()
    await aia.json('DELETE', `auth/clients/${client.id}`)
    expect(await apiStatus('neural/status', access_token)).toBe(401)
    await expect(relyingParty.clientCredentialsGrant(config, {})).rejects.toThrow()
  })

  it('takes a new secret at once, and never shows it again', async () => {
    const client = await machine()
    const { client_secret } = await aia.json<Registered>('POST', `auth/clients/${client.id}/secret`)
    await expect(relyingParty.clientCredentialsGrant(await discover(client), { scope: 'knowledge.read' })).rejects.toThrow()
    const renewed = await discover({ ...client, client_secret })
    expect((await relyingParty.clientCredentialsGrant(renewed, { scope: 'knowledge.read' })).token_type).toBe('bearer')
    expect(JSON.stringify(await aia.json('GET', 'auth/clients'))).not.toContain('client_secret"')
  })

  it('does not tell one program about the token of another', async () => {
    const one = await discover(await machine())
    const other = await discover(await machine())
    const { access_token } = await relyingParty.clientCredentialsGrant(one, { scope: 'knowledge.read' })
    expect(await relyingParty.tokenIntrospection(other, access_token)).toEqual({ active: false })
    await relyingParty.tokenRevocation(other, access_token)
    expect(await apiStatus('neural/status', access_token)).toBe(200)
  })

  it('writes a line of the request log for every call, without what it carried', async () => {
    const client = await machine()
    const from = lines.length
    const { access_token } = await relyingParty.clientCredentialsGrant(await discover(client), { scope: 'knowledge.read' })
    await fetch(`${origin}/oauth/authorize/a-secret-of-an-interaction`)
    await fetch(`${origin}/oauth/what-is-this`)
    const logged = lines.slice(from).map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(logged.filter(({ door }) => door === 'oauth')).toMatchObject([
      { route: '/.well-known/openid-configuration', status: 200, caller: null },
      { method: 'POST', route: '/oauth/token', status: 200, caller: client.id },
      { route: '/oauth/authorize/{uid}', status: 400, caller: null },
      { route: null, status: 404, caller: null },
    ])
    for (const secret of [access_token, client.client_secret, 'a-secret-of-an-interaction', 'what-is-this'])
      expect(lines.join('')).not.toContain(secret)
  })

  it('goes on after the signing key was rotated', async () => {
    const config = await discover(await machine())
    const before = await relyingParty.clientCredentialsGrant(config, { scope: 'knowledge.read' })
    await rotateSigningKeys(aia.runtime.services)
    const after = await relyingParty.clientCredentialsGrant(config, { scope: 'knowledge.read' })
    expect(await apiStatus('neural/status', before.access_token)).toBe(200)
    expect(await apiStatus('neural/status', after.access_token)).toBe(200)
  })

  it('asks again when AIA’s own session has ended', async () => {
    const config = await discover(await register())
    const jar = await browser()
    await authorize(config, 'openid', jar)
    await aia.runtime.services.database.identity((tx) => tx.update(sessions).set({ revokedAt: new Date() }).where(eq(sessions.isBound, false)))
    const url = relyingParty.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      prompt: 'none',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    })
    expect((await visit(jar, url.href)).headers.get('location')).toContain('error=login_required')
  })

  it.each([
    ['a code without a redirect URI', { redirect_uris: [] }],
    ['plain http to elsewhere', { redirect_uris: ['http://example.com/'] }],
    ['a fragment', { redirect_uris: ['https://example.com/#a'] }],
    ['a public client that acts for itself', { kind: 'public', grant_types: ['client_credentials'], redirect_uris: [] }],
    ['a scope that does not exist', { scopes: ['everything'] }],
  ])('refuses to register %s', async (_what, more) => {
    const body = { name: 'x', redirect_uris: [redirectUri], grant_types: ['authorization_code'], scopes: [], ...more }
    // The sessions ended above, so the owner signs in again.
    const login = await aia.call('POST', 'auth/login', { email: 'owner@example.com', password: 'a long test password' }, { token: null })
    const { access_token: token } = (await login.json()) as { access_token: string }
    expect((await aia.call('POST', 'auth/clients', body, { token })).status).toBe(400)
  })
})
