// What goes in and out of the operations on security settings and signing keys. Plain schemas.
import { z } from 'zod'

export const securitySettingsInput = z.strictObject({
  /** Whoever shows no second factor may only secure the own account. */
  require_mfa: z.boolean(),
  /** How long a sign-in lasts at most; holds for new ones. */
  session_hours: z.int().min(1).max(720),
})
export const securitySettingsView = z.object({
  require_mfa: z.boolean(),
  session_hours: z.int(),
  updated_at: z.iso.datetime().nullable(),
  /** How many people of the enterprise have a second factor. */
  people: z.int(),
  people_with_second_factor: z.int(),
})

export const signingKey = z.object({
  id: z.string(),
  state: z.enum(['current', 'next', 'retiring']),
  created_at: z.iso.datetime(),
  activated_at: z.iso.datetime().nullable(),
  retired_at: z.iso.datetime().nullable(),
})
export const signingKeyList = z.object({ items: z.array(signingKey), rotates_at: z.iso.datetime() })
