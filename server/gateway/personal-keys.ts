import { randomBytes } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { decrypt, encrypt } from '../crypto/aes-gcm.ts'
import type { Keyring } from '../crypto/keyring.ts'
import { commitmentTo, type PersonalValues } from '../crypto/transparency/audit-record.ts'
import { hex } from '../crypto/transparency/bytes.ts'
import type { Transaction } from '../storage/database/port.ts'
import { personalKeys } from './tables.ts'

const keyContext = (enterpriseId: string, personId: string) => `personal_keys/${enterpriseId}/${personId}/sealed_key`

/** Opens the key of a person in an enterprise; null when there is none or it was destroyed. */
async function personalKey(tx: Transaction, keyring: Keyring, enterpriseId: string, personId: string): Promise<Uint8Array | null> {
  const [row] = await tx
    .select({ sealedKey: personalKeys.sealedKey })
    .from(personalKeys)
    .where(and(eq(personalKeys.enterpriseId, enterpriseId), eq(personalKeys.personId, personId)))
  return row?.sealedKey ? keyring.open(row.sealedKey, keyContext(enterpriseId, personId)) : null
}

/** The same, made when the person has none yet. Stays null after it was destroyed: an erased person leaves nothing new. */
async function personalKeyMade(tx: Transaction, keyring: Keyring, enterpriseId: string, personId: string): Promise<Uint8Array | null> {
  const known = await personalKey(tx, keyring, enterpriseId, personId)
  if (known) return known
  const key = randomBytes(32)
  await tx
    .insert(personalKeys)
    .values({ enterpriseId, personId, sealedKey: keyring.seal(key, keyContext(enterpriseId, personId)) })
    .onConflictDoNothing()
  return personalKey(tx, keyring, enterpriseId, personId)
}

/**
 * Seals values under the keys of the persons they belong to (AES-256-GCM, `context` authenticated) and commits to them by a salted digest.
 * Persons whose key was destroyed are left out.
 */
export async function sealPersonal(
  tx: Transaction,
  keyring: Keyring,
  enterpriseId: string,
  context: string,
  parts: readonly { personId: string; values: Record<string, string> }[],
): Promise<{ person: string; digest: string; sealed: string }[]> {
  const done: { person: string; digest: string; sealed: string }[] = []
  for (const { personId, values } of parts) {
    const key = await personalKeyMade(tx, keyring, enterpriseId, personId)
    if (!key) continue
    const opened: PersonalValues = { salt: hex(randomBytes(32)), values }
    done.push({ person: personId, digest: commitmentTo(opened), sealed: `p1.${encrypt(key, Buffer.from(JSON.stringify(opened)), context)}` })
  }
  return done
}

/** Opens what `sealPersonal` sealed; null when it was altered or moved. */
function openPersonal(key: Uint8Array, sealed: string, context: string): PersonalValues | null {
  try {
    return JSON.parse(Buffer.from(decrypt(key, sealed.replace(/^p1\./, ''), context)).toString('utf8')) as PersonalValues
  } catch {
    return null
  }
}

/** Opens the personal values of rows of one enterprise, asking for each person's key once. Erased ones are null. */
export function personalReader(tx: Transaction, keyring: Keyring, enterpriseId: string) {
  const keys = new Map<string, Uint8Array | null>()
  return async (context: string, part: { person: string; sealed: string }): Promise<PersonalValues | null> => {
    if (!keys.has(part.person)) keys.set(part.person, await personalKey(tx, keyring, enterpriseId, part.person))
    const key = keys.get(part.person)
    return key ? openPersonal(key, part.sealed, context) : null
  }
}

/** Destroys the key of a person in an enterprise: what was sealed under it can never be read again. */
export async function destroyPersonalKey(tx: Transaction, enterpriseId: string, personId: string): Promise<void> {
  const destroyed = { sealedKey: null, destroyedAt: new Date() }
  await tx
    .insert(personalKeys)
    .values({ enterpriseId, personId, ...destroyed })
    .onConflictDoUpdate({ target: [personalKeys.enterpriseId, personalKeys.personId], set: destroyed })
}
