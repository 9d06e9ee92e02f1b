// What goes in and out of the operations on OAuth clients.
import { z } from 'zod'
import { permissions, roles } from '../../gateway/permissions.ts'
import type { oauthClients } from '../tables.ts'
import { grantTypes } from './clients.ts'

const scope = z.enum(permissions)
const role = z.enum(roles)
const isLoopback = (host: string) => host === 'localhost' || host === '127.0.0.1' || host === '[::1]'

/** https, or http to the same machine; no fragment and no credentials (RFC 6749, 3.1.2; RFC 9700, 2.1). */
const redirectUri = z
  .url()
  .max(2_000)
  .refine(
    (text) => {
      // A refinement is asked even where the check before it has failed.
      if (!URL.canParse(text)) return false
      const url = new URL(text)
      const plain = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
      return plain && !text.includes('#') && !url.username && !url.password
    },
    { error: 'must be https, or http to this machine, without # and without credentials' },
  )

export const newClient = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    /** A confidential client keeps a secret; a public one, such as an app on a phone, cannot. */
    kind: z.enum(['confidential', 'public']).default('confidential'),
    redirect_uris: z.array(redirectUri).max(20).default([]),
    grant_types: z.array(z.enum(grantTypes)).min(1).max(3),
    scopes: z.array(scope).max(permissions.length),
    /** Its role when it acts for itself, with client credentials. */
    role: role.default('agent'),
  })
  .refine((client) => client.grant_types.includes('authorization_code') === client.redirect_uris.length > 0, {
    error: 'the authorization code needs a redirect URI, and nothing else does',
    path: ['redirect_uris'],
  })
  .refine((client) => client.kind === 'confidential' || !client.grant_types.includes('client_credentials'), {
    error: 'a public client has no credentials to act by',
    path: ['grant_types'],
  })
  .refine((client) => !client.grant_types.includes('refresh_token') || client.grant_types.includes('authorization_code'), {
    error: 'refresh tokens come from an authorization code',
    path: ['grant_types'],
  })

export const client = z.object({
  id: z.uuid(),
  client_id: z.string(),
  name: z.string(),
  kind: z.enum(['confidential', 'public']),
  redirect_uris: z.array(z.string()),
  grant_types: z.array(z.string()),
  scopes: z.array(z.string()),
  role: z.string(),
  created_at: z.iso.datetime(),
  secret_changed_at: z.iso.datetime().nullable(),
})
export const clientWithSecret = client.extend({
  /** Shown this once; null for a public client. */
  client_secret: z.string().nullable(),
})
export const clientInput = z.strictObject({ id: z.uuid() })

export const clientView = (row: typeof oauthClients.$inferSelect): z.infer<typeof client> => ({
  id: row.id,
  client_id: row.clientId,
  name: row.name,
  kind: row.secretHash === null ? 'public' : 'confidential',
  redirect_uris: row.redirectUris,
  grant_types: row.grantTypes,
  scopes: row.scopes,
  role: row.role,
  created_at: row.createdAt.toISOString(),
  secret_changed_at: row.secretHash === null ? null : row.secretChangedAt.toISOString(),
})
