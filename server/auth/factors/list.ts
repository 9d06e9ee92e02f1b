import { eq } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { people } from '../tables.ts'
import { relyingParty } from './passkeys.ts'
import { factors } from './shapes.ts'
import { factorsOf, mfaIsRequired } from './stored.ts'

export const listFactors = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/factors', summary: 'How this person proves who it is', tags: ['account'] })
  .input(noInput)
  .output(factors)
  .handler(async ({ context: { tx, caller, services } }) => {
    const found = await factorsOf(tx, caller.personId)
    const [person] = await tx.select({ changedAt: people.passwordChangedAt }).from(people).where(eq(people.id, caller.personId))
    return {
      password_changed_at: (person?.changedAt ?? new Date(0)).toISOString(),
      totp: found.totp?.confirmedAt ? { confirmed_at: found.totp.confirmedAt.toISOString() } : null,
      passkeys: found.passkeys.map(({ id, name, synced, createdAt, lastUsedAt }) => ({
        id,
        name,
        synced,
        created_at: createdAt.toISOString(),
        last_used_at: lastUsedAt?.toISOString() ?? null,
      })),
      recovery_codes_left: found.recoveryCodesLeft,
      required: await mfaIsRequired(tx, caller.enterpriseId),
      acr: caller.acr,
      passkey_origin: relyingParty(services.env.publicUrl)?.origin ?? null,
    }
  })
