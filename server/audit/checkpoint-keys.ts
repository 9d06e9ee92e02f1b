import { randomBytes, randomUUID } from 'node:crypto'
import { asc } from 'drizzle-orm'
import { equal } from '../crypto/transparency/bytes.ts'
import { type CheckpointSeeds, checkMlDsa44, publicKeysOf, verifierKeysOf } from '../crypto/transparency/checkpoint.ts'
import { encodeVerifierKey, parseNote } from '../crypto/transparency/note.ts'
import type { Services } from '../gateway/services.ts'
import { checkpointKeys } from '../gateway/tables.ts'

type Needed = Pick<Services, 'database' | 'keyring' | 'once'>

const seedBytes = 32
const sealContext = (id: string) => `checkpoint_keys/${id}/sealed_seeds`

export interface CheckpointKeys {
  /** Seeds of the newest pair, which signs. */
  seeds: CheckpointSeeds
  /** Public keys of every pair there ever was. */
  all: { ed25519: Uint8Array; mlDsa44: Uint8Array }[]
}

/** The keys that sign this installation's checkpoints; the first call of a new installation makes them. */
export function checkpointKeysOf(services: Needed): Promise<CheckpointKeys> {
  return services.once('audit.checkpoint-keys', () => load(services))
}

async function load({ database, keyring }: Needed): Promise<CheckpointKeys> {
  checkMlDsa44()
  const stored = () => database.identity((tx) => tx.select().from(checkpointKeys).orderBy(asc(checkpointKeys.createdAt), asc(checkpointKeys.id)))
  let rows = await stored()
  if (rows.length === 0) {
    const id = randomUUID()
    const seeds = randomBytes(2 * seedBytes)
    const keys = publicKeysOf({ ed25519: seeds.subarray(0, seedBytes), mlDsa44: seeds.subarray(seedBytes) })
    const sealedSeeds = keyring.seal(seeds, sealContext(id))
    await database.identity((tx) =>
      tx.insert(checkpointKeys).values({ id, ed25519PublicKey: keys.ed25519, mlDsaPublicKey: keys.mlDsa44, sealedSeeds }),
    )
    rows = await stored()
  }
  const newest = rows.at(-1)
  if (!newest) throw new Error('No key for checkpoints could be made.')
  const seeds = keyring.open(newest.sealedSeeds, sealContext(newest.id))
  return {
    seeds: { ed25519: seeds.slice(0, seedBytes), mlDsa44: seeds.slice(seedBytes) },
    all: rows.map((row) => ({ ed25519: row.ed25519PublicKey, mlDsa44: row.mlDsaPublicKey })),
  }
}

/** The verifier keys that signed a checkpoint, as texts. */
export function keysOfNote(note: string, { all }: CheckpointKeys): string[] {
  const { text, signatures } = parseNote(note)
  const origin = text.split('\n', 1)[0] ?? ''
  const signed = all.map((keys) => verifierKeysOf(origin, keys)).find(([first]) => signatures.some(({ keyId }) => first && equal(keyId, first.keyId)))
  return (signed ?? []).map(encodeVerifierKey)
}
