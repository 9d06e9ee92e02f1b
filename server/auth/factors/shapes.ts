// What goes in and out of the operations on second factors. Plain schemas.
import { z } from 'zod'

export const otpCode = z.string().regex(/^\d{6}$/, 'must be six digits')
const base64url = z
  .string()
  .min(1)
  .max(20_000)
  .regex(/^[\w-]+$/, 'must be base64url')

/** RegistrationResponseJSON of WebAuthn Level 3; what else a browser adds is ignored. */
export const registrationResponse = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(40)).max(20).optional(),
  }),
})

/** AuthenticationResponseJSON of WebAuthn Level 3. */
export const authenticationResponse = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: z
      .string()
      .max(400)
      .regex(/^[\w-]*$/, 'must be base64url')
      .optional(),
  }),
})
export type RegistrationResponse = z.infer<typeof registrationResponse>
export type AuthenticationResponse = z.infer<typeof authenticationResponse>

/** Options that a browser hands to the authenticator, as WebAuthn writes them. */
export const ceremonyOptions = z.record(z.string(), z.unknown())

const passkey = z.object({
  id: z.string(),
  name: z.string(),
  /** Kept by a password manager or a platform account, so on more than one device. */
  synced: z.boolean(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
})
export const factors = z.object({
  password_changed_at: z.iso.datetime(),
  totp: z.object({ confirmed_at: z.iso.datetime() }).nullable(),
  passkeys: z.array(passkey),
  recovery_codes_left: z.int(),
  /** Whether the enterprise requires a second factor. */
  required: z.boolean(),
  /** Strength of this sign-in (NIST SP 800-63B). */
  acr: z.enum(['aal1', 'aal2']),
  /** Where passkeys work; null when this installation has no name that browsers accept. */
  passkey_origin: z.string().nullable(),
})

export const totpEnrolment = z.object({
  /** Base32, for typing. */
  secret: z.string(),
  /** For a QR code. */
  otpauth_url: z.string(),
})
export const totpConfirmation = z.strictObject({ code: otpCode })
/** New recovery codes, shown once; null when the old ones stay. */
export const enrolled = z.object({ recovery_codes: z.array(z.string()).nullable() })
export const recoveryCodeList = z.object({ recovery_codes: z.array(z.string()) })
export const removed = z.object({ removed: z.literal(true) })

export const newPasskey = z.strictObject({ name: z.string().trim().min(1).max(100), response: registrationResponse })
export const passkeyId = z.strictObject({ id: z.string().min(1).max(2_000) })
export const passkeySignIn = z.strictObject({ response: authenticationResponse })

export const stepUpInput = z
  .strictObject({
    password: z.string().min(1).max(200).optional(),
    otp: otpCode.optional(),
    recovery_code: z.string().min(1).max(40).optional(),
    passkey: authenticationResponse.optional(),
  })
  .refine((given) => Object.values(given).filter((value) => value !== undefined).length === 1, 'must hold exactly one proof')
export const steppedUp = z.object({
  acr: z.enum(['aal1', 'aal2']),
  authenticated_at: z.iso.datetime(),
  /** A new access token that says so, for callers that came with one; the old one may do the same. */
  access_token: z.string().nullable(),
})
