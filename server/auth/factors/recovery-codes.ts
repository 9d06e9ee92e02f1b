import { createHash, randomInt } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Transaction } from '../../storage/database/port.ts'
import { recoveryCodes } from '../tables.ts'

const codesAtOnce = 10
// Crockford's base32 without look-alikes: 16 characters are 80 bits, too many to guess even from the hashes.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const newCode = () =>
  Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-')

/** As people type them: case, dashes and blanks say nothing, o is 0, i and l are 1. */
const folded = (code: string) => code.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1')
const hashOf = (personId: string, code: string) =>
  createHash('sha256')
    .update(`${personId}\n${folded(code)}`)
    .digest('hex')

/** Ten new codes in place of all old ones; only their hashes are stored. */
export async function renewRecoveryCodes(tx: Transaction, personId: string): Promise<string[]> {
  const codes = Array.from({ length: codesAtOnce }, newCode)
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId))
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ personId, codeHash: hashOf(personId, code) })))
  return codes
}

/** Codes for a person who has none left; null where some are. */
export async function recoveryCodesIfNone(tx: Transaction, personId: string): Promise<string[] | null> {
  return (await recoveryCodesLeft(tx, personId)) > 0 ? null : renewRecoveryCodes(tx, personId)
}

export const recoveryCodesLeft = (tx: Transaction, personId: string): Promise<number> =>
  tx.$count(recoveryCodes, and(eq(recoveryCodes.personId, personId), isNull(recoveryCodes.usedAt)))

/** Takes a code: true once. */
export async function takeRecoveryCode(tx: Transaction, personId: string, code: string): Promise<boolean> {
  const taken = await tx
    .update(recoveryCodes)
    .set({ usedAt: new Date() })
    .where(and(eq(recoveryCodes.personId, personId), eq(recoveryCodes.codeHash, hashOf(personId, code)), isNull(recoveryCodes.usedAt)))
    .returning({ personId: recoveryCodes.personId })
  return taken.length === 1
}
