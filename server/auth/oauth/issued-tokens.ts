import type { Context } from 'oidc-provider'
import { type AuditNote, appendAudit } from '../../gateway/audit.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { type OauthCall, oauthCalls } from './call.ts'
import { storedTogether } from './records.ts'

/** Leaves an audit row about the program that proved itself in this call, by the person it acts for or else by itself. */
export async function auditOauth(tx: Transaction, call: OauthCall, operation: string, personId?: string, detail?: AuditNote['detail']) {
  const { client, services, requestId, address, userAgent } = call
  if (!client) throw new Error(`${operation} was answered for no client.`)
  await appendAudit(tx, services, {
    enterpriseId: client.enterpriseId,
    actor: personId ?? client.id,
    requestId,
    address,
    userAgent,
    operation,
    target: client.id,
    detail,
  })
}

/**
 * Issuing tokens (RFC 6749, 5.1), revoking them (RFC 7009), and ending all that a grant gave because a code or refresh token came twice: what
 * the provider stores for it and its audit row are one transaction, and no token leaves before that has ended.
 */
export async function noteIssuing(ctx: Context, next: () => Promise<void>): Promise<void> {
  const call = oauthCalls.get(ctx.req)
  if (!call || (ctx.path !== '/oauth/token' && ctx.path !== '/oauth/revoke')) return next()
  await storedTogether(call.services, async (tx) => {
    await next()
    const { client, entities, params } = ctx.oidc ?? {}
    if (!client || !entities) return
    call.client = { id: String(client.record_id), enterpriseId: String(client.enterprise_id) }
    if (ctx.path === '/oauth/revoke') {
      if (ctx.status === 200 && entities.RefreshToken?.clientId === client.clientId) await auditOauth(tx, call, 'oauth.revokeToken')
      return
    }
    const token = entities.AccessToken ?? entities.ClientCredentials
    const detail = { grant_type: params?.grant_type }
    if (ctx.status === 200 && token) await auditOauth(tx, call, 'oauth.issueToken', token.accountId, { ...detail, scope: token.scope ?? '' })
    else if (call.grantEnded) await auditOauth(tx, call, 'oauth.endGrant', undefined, detail)
  })
}
