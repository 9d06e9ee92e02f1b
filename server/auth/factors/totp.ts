import { and, eq, isNotNull, isNull, lt, or } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import type { Keyring } from '../../crypto/keyring.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { totpFactors } from '../tables.ts'

const periodS = 30
/** RFC 6238 with what every authenticator app knows: SHA-1, six digits, 30 s. */
const generator = (secret: Secret, label: string) => new TOTP({ issuer: 'AIA', label, secret, algorithm: 'SHA1', digits: 6, period: periodS })

const sealContext = (personId: string) => `totp_factors/${personId}/sealed_secret`
const openSecret = (keyring: Keyring, personId: string, sealed: string) =>
  new Secret({ buffer: new Uint8Array(keyring.open(sealed, sealContext(personId))).buffer })

/** A new secret for a person, not yet confirmed; replaces one that never was. Null when a confirmed one stands. */
export async function beginTotp(tx: Transaction, keyring: Keyring, personId: string, email: string): Promise<{ secret: string; url: string } | null> {
  const secret = new Secret({ size: 20 })
  const values = { sealedSecret: keyring.seal(secret.bytes, sealContext(personId)), createdAt: new Date(), lastStep: null }
  const [stored] = await tx
    .insert(totpFactors)
    .values({ personId, ...values })
    .onConflictDoUpdate({ target: totpFactors.personId, set: values, setWhere: isNull(totpFactors.confirmedAt) })
    .returning({ personId: totpFactors.personId })
  return stored ? { secret: secret.base32, url: generator(secret, email).toString() } : null
}

/**
 * Takes a code: true once for each time step, one step of clock difference either way. The step is stored in the same statement that
 * compares it, so a code that comes twice at once is taken once (RFC 6238, 5.2).
 */
export async function takeTotp(
  tx: Transaction,
  keyring: Keyring,
  personId: string,
  code: string,
  which: 'confirmed' | 'unconfirmed',
  now = Date.now(),
): Promise<boolean> {
  const state = which === 'confirmed' ? isNotNull(totpFactors.confirmedAt) : isNull(totpFactors.confirmedAt)
  const [row] = await tx
    .select()
    .from(totpFactors)
    .where(and(eq(totpFactors.personId, personId), state))
  if (!row) return false
  const delta = generator(openSecret(keyring, personId, row.sealedSecret), '').validate({ token: code, timestamp: now, window: 1 })
  if (delta === null) return false
  const step = Math.floor(now / 1_000 / periodS) + delta
  const taken = await tx
    .update(totpFactors)
    .set({ lastStep: step, confirmedAt: row.confirmedAt ?? new Date(now) })
    .where(and(eq(totpFactors.personId, personId), state, or(isNull(totpFactors.lastStep), lt(totpFactors.lastStep, step))))
    .returning({ personId: totpFactors.personId })
  return taken.length === 1
}
