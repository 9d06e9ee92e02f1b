// What goes in and out of the operations on the own account and on sessions. Plain schemas.
import { z } from 'zod'

/** New passwords are longer than the eight characters that old ones may have. */
export const newPassword = z.string().min(12, 'must have at least 12 characters').max(200)
export const passwordChange = z.strictObject({ current_password: z.string().min(1).max(200), new_password: newPassword })
export const passwordChanged = z.object({ changed: z.literal(true) })

export const whose = z.strictObject({ of: z.enum(['me', 'enterprise']).default('me') })
export const session = z.object({
  id: z.uuid(),
  person: z.object({ id: z.uuid(), email: z.string(), name: z.string() }),
  created_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  acr: z.enum(['aal1', 'aal2']),
  amr: z.array(z.string()),
  /** The session that asks. */
  current: z.boolean(),
})
export const sessionList = z.object({ items: z.array(session) })
export const sessionId = z.strictObject({ id: z.uuid() })
export const sessionsEnded = z.object({ ended: z.int() })
