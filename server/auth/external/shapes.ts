// What goes in and out of the operations on an enterprise's own OpenID provider.
import { z } from 'zod'
import { roles } from '../../gateway/permissions.ts'
import type { identityProviders } from '../tables.ts'

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'a domain such as company.com')

const shared = {
  name: z.string().trim().min(1).max(100),
  issuer: z.url().max(500),
  client_id: z.string().trim().min(1).max(300),
  /** Domains of the addresses it may speak for. */
  email_domains: z.array(domain).min(1).max(50),
  /** Whether somebody it vouches for becomes a member by signing in. */
  joins_people: z.boolean(),
  default_role: z.enum(roles).exclude(['owner']),
}

export const newProvider = z.strictObject({
  ...shared,
  /** Needed the first time, and for another issuer or client; else the stored one stays. */
  client_secret: z.string().min(1).max(1_000).optional(),
})
export const provider = z.object({ ...shared, default_role: z.string(), updated_at: z.iso.datetime() })
export const providerState = z.object({
  provider: provider.nullable(),
  /** To be registered at the provider. */
  redirect_uri: z.url(),
})

export const providerView = (row: typeof identityProviders.$inferSelect): z.infer<typeof provider> => ({
  name: row.name,
  issuer: row.issuer,
  client_id: row.clientId,
  email_domains: row.emailDomains,
  joins_people: row.joinsPeople,
  default_role: row.defaultRole,
  updated_at: row.updatedAt.toISOString(),
})

export const redirectUri = (publicUrl: string) => `${publicUrl}/oauth/external/callback`
export const secretContext = (enterpriseId: string) => `identity_providers/${enterpriseId}/sealed_client_secret`
