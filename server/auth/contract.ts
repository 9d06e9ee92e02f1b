// What goes in and out of the identity operations. Plain schemas.
import { z } from 'zod'

// Addresses inside an organisation need no dot: owner@intranet. The ranges are those that every reader of the OpenAPI document has in
// its regular expressions: printable ASCII without @, and everything from the Latin letters on.
export const emailAddress = z
  .string()
  .max(320)
  .regex(/^[!-?A-~\u00a1-\uffff]+@[!-?A-~\u00a1-\uffff]+$/, 'must be an email address')

/** People with a second factor send one of the other two beside the password. */
export const loginInput = z.strictObject({
  email: emailAddress,
  password: z.string().min(1).max(200),
  otp: z
    .string()
    .regex(/^\d{6}$/, 'must be six digits')
    .optional(),
  recovery_code: z.string().min(1).max(40).optional(),
})
export const tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds until the access token expires. */
  expires_in: z.int(),
})
export const refreshInput = z.strictObject({ refresh_token: z.string().min(1).max(200) })
export const ended = z.object({ ended: z.literal(true) })
export const profile = z.object({
  person: z.object({ id: z.uuid(), email: z.string(), name: z.string() }),
  enterprise: z.object({ id: z.uuid(), name: z.string(), tier: z.enum(['standard', 'enterprise', 'fortune_500']) }),
  role: z.string(),
  /** Everything the caller may do now, without grants on single resources. */
  permissions: z.array(z.string()),
  /** Who acts under this name, and until when; null outside impersonation. */
  impersonator: z.object({ name: z.string(), email: z.string(), until: z.iso.datetime() }).nullable(),
  /** The enterprise requires a second factor that this sign-in has not shown: only the own account is open. */
  must_secure_account: z.boolean(),
})
