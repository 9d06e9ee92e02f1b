// What goes in and out of the operations on people.
import { z } from 'zod'
import { partnerLevels, roles } from '../../gateway/permissions.ts'
import { emailAddress } from '../contract.ts'

export const role = z.enum(roles)
export const partnerLevel = z.enum(partnerLevels)

export const personInput = z.strictObject({ id: z.uuid() })
export const standing = { role, partner_level: partnerLevel.default('none') }

/** The address as accounts are found by: trimmed, in small letters. */
export const foldedEmail = z.string().trim().toLowerCase().pipe(emailAddress)

export const member = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role,
  /** How far a partner is let in; null for other roles. */
  partner_level: partnerLevel.nullable(),
  state: z.enum(['active', 'suspended']),
  joined_at: z.iso.datetime(),
  suspended_at: z.iso.datetime().nullable(),
  /** Newest sign-in to this enterprise that is known. */
  last_sign_in_at: z.iso.datetime().nullable(),
})

export const peopleFilter = z.strictObject({
  q: z.string().trim().max(300).optional(),
  cursor: z.string().max(2_000).optional(),
  limit: z.int().min(1).max(200).default(50),
})
export const peopleList = z.object({ items: z.array(member), next_cursor: z.string().nullable(), total: z.int() })

export const invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  role,
  partner_level: partnerLevel.nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  expired: z.boolean(),
})
export const newInvitation = invitation.extend({
  /** Shown this once: AIA stores only a hash of its token. */
  link: z.url(),
})
