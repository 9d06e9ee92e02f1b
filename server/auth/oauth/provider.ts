import { timingSafeEqual } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import { exportJWK } from 'jose'
import Provider, { type Context, interactionPolicy, type Token } from 'oidc-provider'
import { namedLogger } from '../../gateway/log.ts'
import { permissions } from '../../gateway/permissions.ts'
import type { Services } from '../../gateway/services.ts'
import { signingKeysOf } from '../signing-keys.ts'
import { memberships, people } from '../tables.ts'
import { oauthCalls } from './call.ts'
import { identityScopes } from './clients.ts'
import { errorPage } from './error-page.ts'
import { noteIssuing } from './issued-tokens.ts'
import { hashOf, identityStep, invalidGrant, recordsFor } from './records.ts'
import { answerForAccessToken } from './structured-tokens.ts'

export const oauthTokenSeconds = 3_600
const dayS = 86_400

/** The one protected resource (RFC 8707): AIA's API, `aud` of every access token. */
export const apiResource = (services: Pick<Services, 'env'>) => `${services.env.publicUrl}/api`

/** The provider of this installation; made anew when the signing key changes. */
export async function oauthProvider(services: Services): Promise<Provider> {
  const { current } = await signingKeysOf(services)
  const kept = services.once<{ keyId?: string; provider?: Provider }>('auth.oauth-provider', () => ({}))
  if (kept.keyId !== current.id || !kept.provider) {
    const jwk = { ...(await exportJWK(current.privateKey)), kid: current.id, alg: 'RS256', use: 'sig' }
    kept.provider = build(services, jwk)
    kept.keyId = current.id
  }
  return kept.provider
}

async function account(services: Services, personId: string) {
  const [person] = await identityStep(services, (tx) => tx.select().from(people).where(eq(people.id, personId)))
  if (!person) return undefined
  return {
    accountId: person.id,
    // An address was proved by nobody: it is the one an administrator invited.
    claims: () => ({ sub: person.id, name: person.name, email: person.email, email_verified: false }),
  }
}

/** A token of somebody who left or was suspended since must not be renewed. */
async function isMember(services: Services, personId: string, enterpriseId: unknown): Promise<boolean> {
  const [row] = await identityStep(services, (tx) =>
    tx
      .select({ id: memberships.personId })
      .from(memberships)
      .where(and(eq(memberships.personId, personId), eq(memberships.enterpriseId, String(enterpriseId)), isNull(memberships.suspendedAt))),
  )
  return row !== undefined
}

/** A program may ask about and end its own tokens only. */
const ownToken = (_ctx: Context, client: { clientId: string }, token: Token) => token.clientId === client.clientId

function policy() {
  const { Check } = interactionPolicy
  const base = interactionPolicy.base()
  // The provider's own session must never outlive or differ from AIA's: signing out of AIA is signing out of both.
  base.get('login').checks.add(
    new Check('aia_session', 'sign in to AIA', 'login_required', (ctx) => {
      const caller = oauthCalls.get(ctx.req)?.caller
      const own = caller != null && !caller.impersonator && caller.personId === ctx.oidc?.session?.accountId
      return own ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
    }),
  )
  base.get('consent').checks.add(
    new Check('aia_enterprise', 'the client belongs to another enterprise', 'consent_required', (ctx) => {
      const caller = oauthCalls.get(ctx.req)?.caller
      return caller?.enterpriseId === ctx.oidc?.client?.enterprise_id ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
    }),
  )
  return base
}

function build(services: Services, jwk: object): Provider {
  const { env } = services
  const log = namedLogger(services.log, 'oauth')
  const resource = apiResource(services)
  const secure = env.publicUrl.startsWith('https:')
  const cookie = { httpOnly: true, sameSite: 'lax', secure }
  const provider = new Provider(env.publicUrl, {
    adapter: recordsFor(services),
    jwks: { keys: [jwk] },
    findAccount: (_ctx: Context, id: string) => account(services, id),
    extraClientMetadata: { properties: ['enterprise_id', 'record_id'] },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      introspection: '/oauth/introspect',
      jwks: '/.well-known/jwks.json',
    },
    interactions: { url: (_ctx: Context, { uid }: { uid: string }) => `/consent/${uid}`, policy: policy() },
    // The consent page asks for its interaction by another path, so the short-lived cookies are sent everywhere.
    cookies: {
      keys: [services.keyring.secret('browser-session')],
      names: { session: 'aia.oauth', interaction: 'aia.oauth.interaction', resume: 'aia.oauth.resume' },
      short: { ...cookie, path: '/' },
      long: cookie,
    },
    scopes: [...identityScopes, ...permissions],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    subjectTypes: ['public'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // A code or refresh token that comes twice was stolen or copied: everything the grant gave ends.
    revokeGrantPolicy: () => true,
    clientBasedCORS: () => false,
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      registration: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: ownToken },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx: Context, client: { clientId: string }, token: Token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: permissions.join(' '),
          audience: 'aia',
          accessTokenFormat: 'jwt',
          accessTokenTTL: oauthTokenSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: {
      AccessToken: oauthTokenSeconds,
      ClientCredentials: oauthTokenSeconds,
      IdToken: oauthTokenSeconds,
      AuthorizationCode: 60,
      Interaction: 1_800,
      Session: 14 * dayS,
      RefreshToken: 30 * dayS,
      Grant: 30 * dayS,
    },
    async loadExistingGrant(ctx: Context) {
      const client = ctx.oidc?.client
      const grantId = ctx.oidc?.result?.consent?.grantId ?? (client && ctx.oidc?.session?.grantIdFor(client.clientId))
      return grantId ? provider.Grant.find(grantId) : undefined
    },
    async extraTokenClaims(ctx: Context, token: Token) {
      const enterpriseId = ctx.oidc?.client?.enterprise_id
      if (token.accountId && !(await isMember(services, token.accountId, enterpriseId)))
        throw invalidGrant('the person does not belong to the enterprise any more')
      return { eid: enterpriseId, ...(token.grantId ? { gid: hashOf(token.grantId) } : {}) }
    },
    renderError: (ctx: Context, out: { error: string; error_description?: string }) => {
      ctx.type = 'html'
      ctx.body = errorPage(out)
    },
  })
  // Behind Next, which has spoken with the outside; it passes on the scheme.
  provider.proxy = true
  provider.Client.prototype.compareClientSecret = function compare(this: { clientSecret?: string }, given: string) {
    const expected = Buffer.from(this.clientSecret ?? '', 'utf8')
    const actual = Buffer.from(hashOf(given), 'utf8')
    return expected.length === actual.length && timingSafeEqual(expected, actual)
  }
  provider.use((ctx, next) => answerForAccessToken(services, ctx, next))
  provider.use(noteIssuing)
  provider.on('grant.revoked', (ctx) => {
    const call = oauthCalls.get(ctx.req)
    if (call) call.grantEnded = true
  })
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the OAuth provider failed'))
  return provider
}
