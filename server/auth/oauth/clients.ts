import { randomBytes } from 'node:crypto'
import type { oauthClients } from '../tables.ts'

type Row = typeof oauthClients.$inferSelect

/** The scopes of OpenID Connect that AIA answers, beside its permissions. */
export const identityScopes = ['openid', 'profile', 'email', 'offline_access'] as const
export const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const

/** 256 random bits: a plain SHA-256 of them cannot be searched. */
export const newClientSecret = () => `aia_client_${randomBytes(32).toString('base64url')}`
export const newClientId = () => `app_${randomBytes(12).toString('hex')}`

/** A client as oidc-provider wants it (RFC 7591 names). The secret's hash stands where the secret would; comparing hashes the given one. */
export function clientMetadata(row: Row): Record<string, unknown> {
  const confidential = row.secretHash !== null
  return {
    client_id: row.clientId,
    client_name: row.name,
    ...(confidential ? { client_secret: row.secretHash } : {}),
    token_endpoint_auth_method: confidential ? 'client_secret_basic' : 'none',
    application_type: 'web',
    redirect_uris: row.redirectUris,
    grant_types: row.grantTypes,
    response_types: row.grantTypes.includes('authorization_code') ? ['code'] : [],
    scope: [...identityScopes, ...row.scopes].join(' '),
    id_token_signed_response_alg: 'RS256',
    enterprise_id: row.enterpriseId,
    record_id: row.id,
  }
}
