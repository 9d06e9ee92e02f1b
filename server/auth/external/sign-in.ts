import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import * as client from 'openid-client'
import { z } from 'zod'
import { appendAudit } from '../../gateway/audit.ts'
import type { Services } from '../../gateway/services.ts'
import { sessionCookieHeader } from '../browser-session.ts'
import { hashPassword } from '../passwords.ts'
import { openSession } from '../sessions.ts'
import { identityProviders, sessions } from '../tables.ts'
import { personOf, Refused } from './person.ts'
import { relyingParty } from './relying-party.ts'
import { redirectUri, secretContext } from './shapes.ts'

const cookieName = 'aia.external'
const path = '/oauth/external'
const secondsToSignIn = 600
const stateContext = 'cookies/external-sign-in/state'

const began = z.object({ enterpriseId: z.uuid(), state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string(), until: z.number() })
const vouched = z.object({
  sub: z.string().min(1).max(255),
  email: z.string().max(320),
  email_verified: z.boolean().optional(),
  name: z.string().max(200).optional(),
  amr: z.array(z.string()).optional(),
})

/** Back to the sign-in page, which says what `reason` means. */
const refusedTo = (services: Services, reason: string) =>
  new Response(null, { status: 303, headers: { location: `${services.env.publicUrl}/signin?provider=${reason}`, 'set-cookie': cleared } })
const cleared = `${cookieName}=; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=0`

/** Only a path of this installation. */
const safeNext = (next: string | null) => (next && /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(next) && !next.startsWith('/signin') ? next : '/overview')

async function providerOf(services: Services, enterpriseId: string) {
  const [row] = await services.database.identity((tx) => tx.select().from(identityProviders).where(eq(identityProviders.enterpriseId, enterpriseId)))
  if (!row) return null
  const clientSecret = new TextDecoder().decode(services.keyring.open(row.sealedClientSecret, secretContext(enterpriseId)))
  return { row, config: await relyingParty(services, { issuer: row.issuer, clientId: row.clientId, clientSecret }) }
}

/** Sends the browser to the enterprise's provider (authorization code, PKCE, state, nonce); what must be known again stands in a sealed cookie. */
export async function startExternalSignIn(services: Services, request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url)
  const enterpriseId = z.uuid().safeParse(searchParams.get('enterprise'))
  const found = enterpriseId.success ? await providerOf(services, enterpriseId.data).catch(() => null) : null
  if (!found || !enterpriseId.success) return refusedTo(services, 'unreachable')
  const state = {
    enterpriseId: enterpriseId.data,
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
    next: safeNext(searchParams.get('next')),
    until: Date.now() + secondsToSignIn * 1_000,
  }
  const location = client.buildAuthorizationUrl(found.config, {
    redirect_uri: redirectUri(services.env.publicUrl),
    scope: 'openid email profile',
    state: state.state,
    nonce: state.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(state.verifier),
    code_challenge_method: 'S256',
  })
  const sealed = services.keyring.seal(new TextEncoder().encode(JSON.stringify(state)), stateContext)
  const secure = services.env.publicUrl.startsWith('https:') ? '; Secure' : ''
  const cookie = `${cookieName}=${sealed}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${secondsToSignIn}${secure}`
  return new Response(null, { status: 303, headers: { location: location.href, 'set-cookie': cookie, 'cache-control': 'no-store' } })
}

function beganIn(services: Services, headers: Headers): z.infer<typeof began> | null {
  const sealed = new RegExp(`(?:^|;\\s*)${cookieName.replace('.', '\\.')}=([^;]+)`).exec(headers.get('cookie') ?? '')?.[1]
  if (!sealed) return null
  try {
    const state = began.parse(JSON.parse(new TextDecoder().decode(services.keyring.open(sealed, stateContext))))
    return state.until > Date.now() ? state : null
  } catch {
    return null
  }
}

/** Takes what the provider answered and opens a session that is bound to its enterprise. */
export async function finishExternalSignIn(services: Services, request: Request, from: { requestId: string; address: string }): Promise<Response> {
  const state = beganIn(services, request.headers)
  if (!state) return refusedTo(services, 'expired')
  const found = await providerOf(services, state.enterpriseId).catch(() => null)
  if (!found) return refusedTo(services, 'unreachable')
  const { row, config } = found
  let claims: z.infer<typeof vouched>
  try {
    const url = new URL(redirectUri(services.env.publicUrl) + new URL(request.url).search)
    const tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: state.verifier,
      expectedState: state.state,
      expectedNonce: state.nonce,
      idTokenExpected: true,
    })
    claims = vouched.parse(tokens.claims())
  } catch (error) {
    services.log.warn({ request_id: from.requestId, err: error }, 'sign-in by a provider failed')
    return refusedTo(services, 'refused')
  }
  // Nobody knows this password: such a person signs in by the provider, until an administrator sets another.
  const unusable = await hashPassword(randomBytes(32).toString('base64url'))
  const userAgent = request.headers.get('user-agent')
  try {
    const session = await services.database.identity(async (tx) => {
      const { personId, joined } = await personOf(tx, row, claims, unusable)
      // The enterprise's provider decides for its own people; a second factor it asked for counts as one.
      const strong = claims.amr?.includes('mfa') === true
      const proof = { acr: strong ? ('aal2' as const) : ('aal1' as const), amr: claims.amr ?? [] }
      const opened = await openSession(tx, personId, row.enterpriseId, proof, { address: from.address, userAgent })
      await tx.update(sessions).set({ isBound: true }).where(eq(sessions.id, opened.sessionId))
      await appendAudit(tx, services, {
        enterpriseId: row.enterpriseId,
        actor: personId,
        requestId: from.requestId,
        address: from.address,
        userAgent,
        operation: 'auth.loginProvider',
        target: opened.sessionId,
        detail: { issuer: row.issuer, joined },
      })
      return opened
    })
    const headers = new Headers({ location: services.env.publicUrl + state.next, 'cache-control': 'no-store' })
    headers.append('set-cookie', await sessionCookieHeader(services, session))
    headers.append('set-cookie', cleared)
    return new Response(null, { status: 303, headers })
  } catch (error) {
    if (error instanceof Refused) return refusedTo(services, error.reason)
    throw error
  }
}
