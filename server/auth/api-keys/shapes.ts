// What goes in and out of the operations on API keys. Plain schemas.
import { z } from 'zod'

const scope = z.string().regex(/^[a-z_]+\.[a-z_]+$/, 'must be a permission such as knowledge.read')

export const apiKey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Its first characters. */
  start: z.string(),
  scopes: z.array(z.string()),
  person: z.object({ id: z.uuid(), email: z.string(), name: z.string() }),
  state: z.enum(['active', 'expiring', 'expired', 'revoked']),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  replaced_by: z.uuid().nullable(),
})
export const apiKeyList = z.object({
  items: z.array(apiKey),
  /** What the caller may give a key. */
  scopes: z.array(z.string()),
})
export const newApiKeyInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(scope).min(1).max(50),
  /** Null: until it is revoked. */
  expires_in_days: z.int().min(1).max(3_650).nullable().default(90),
})
export const rotateInput = z.strictObject({
  id: z.uuid(),
  /** For how long the old key goes on. */
  overlap_hours: z.int().min(0).max(720).default(24),
})
export const apiKeyId = z.strictObject({ id: z.uuid() })
/** `key` is shown here and never again. */
export const madeApiKey = z.object({ key: z.string(), item: apiKey })
