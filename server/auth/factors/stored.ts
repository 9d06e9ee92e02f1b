import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { Transaction } from '../../storage/database/port.ts'
import { passkeys, recoveryCodes, securitySettings, totpFactors } from '../tables.ts'
import { recoveryCodesLeft } from './recovery-codes.ts'

export type FactorMethod = 'otp' | 'passkey' | 'recovery_code'

/** The confirmed second factors of a person. */
export async function factorsOf(tx: Transaction, personId: string) {
  const [totp] = await tx
    .select()
    .from(totpFactors)
    .where(and(eq(totpFactors.personId, personId), isNotNull(totpFactors.confirmedAt)))
  const keys = await tx.select().from(passkeys).where(eq(passkeys.personId, personId)).orderBy(asc(passkeys.createdAt))
  return { totp: totp ?? null, passkeys: keys, recoveryCodesLeft: await recoveryCodesLeft(tx, personId) }
}

/** By which ways a person can prove a second factor now; empty for people who have none. */
export async function methodsOf(tx: Transaction, personId: string): Promise<FactorMethod[]> {
  const { totp, passkeys: keys, recoveryCodesLeft: left } = await factorsOf(tx, personId)
  if (!totp && keys.length === 0) return []
  return [...(totp ? (['otp'] as const) : []), ...(keys.length ? (['passkey'] as const) : []), ...(left ? (['recovery_code'] as const) : [])]
}

export async function mfaIsRequired(tx: Transaction, enterpriseId: string): Promise<boolean> {
  const [settings] = await tx
    .select({ required: securitySettings.requireMfa })
    .from(securitySettings)
    .where(eq(securitySettings.enterpriseId, enterpriseId))
  return settings?.required ?? false
}

/** After the last second factor the recovery codes open nothing any more. */
export async function forgetCodesWithoutFactor(tx: Transaction, personId: string): Promise<void> {
  if ((await methodsOf(tx, personId)).length === 0) await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId))
}
