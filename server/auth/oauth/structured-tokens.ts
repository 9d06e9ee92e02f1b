import type { Context } from 'oidc-provider'
import type { Services } from '../../gateway/services.ts'
import { denyToken } from '../access-tokens.ts'
import { oauthCalls } from './call.ts'
import { verifyOauthToken } from './caller.ts'
import { auditOauth } from './issued-tokens.ts'

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of access tokens. oidc-provider authenticates the client and then refuses signed
 * tokens, because it does not store them; AIA can deny them one by one, so it answers here for the client the token belongs to.
 */
export async function answerForAccessToken(services: Services, ctx: Context, next: () => Promise<void>): Promise<void> {
  await next()
  const { oidc } = ctx
  const refused = ctx.status === 400 && (ctx.body as { error?: string } | undefined)?.error === 'unsupported_token_type'
  if (!refused || !oidc?.client || (oidc.route !== 'revocation' && oidc.route !== 'introspection')) return
  const token = await verifyOauthToken(services, oidc.params?.token ?? '')
  const own = token?.clientId === oidc.client.clientId ? token : null
  ctx.status = 200
  if (oidc.route === 'revocation') {
    const call = oauthCalls.get(ctx.req)
    if (own && call)
      await services.database.identity(async (tx) => {
        await denyToken(tx, own)
        await auditOauth(tx, call, 'oauth.revokeToken')
      })
    ctx.body = ''
    return
  }
  const live = own && (await own.caller())
  ctx.body = live ? { active: true, token_type: 'Bearer', ...own.claims } : { active: false }
}
