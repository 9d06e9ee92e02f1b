import { randomBytes, randomInt } from 'node:crypto'
import { argon2id, argon2Verify } from 'hash-wasm'

// OWASP Password Storage Cheat Sheet, argon2id minimum: 19 MiB, 2 passes, 1 lane.
const parameters = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 }

/** argon2id (RFC 9106) in PHC string form. */
export const hashPassword = (password: string): Promise<string> => argon2id({ password, salt: randomBytes(16), ...parameters, outputType: 'encoded' })

export const verifyPassword = (password: string, hash: string): Promise<boolean> => argon2Verify({ password, hash })

let decoy: Promise<string> | undefined
/** Spends the time of a real check, so that an unknown account answers no faster than a known one. Never true. */
export async function spendPasswordCheck(password: string): Promise<false> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  await verifyPassword(password, await decoy)
  return false
}

/** A password of 24 letters and digits without look-alikes (138 bits). */
export function generatePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  return Array.from({ length: 24 }, () => alphabet[randomInt(alphabet.length)]).join('')
}
