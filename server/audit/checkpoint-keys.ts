import { randomBytes, randomUUID } from 'node:crypto'
import { asc } from 'drizzle-orm'
import { RecentlyRead } from '../crypto/recently-read.ts'
import { equal } from '../crypto/transparency/bytes.ts'
import { type CheckpointSeeds, checkMlDsa44, publicKeysOf, verifierKeysOf } from '../crypto/transparency/checkpoint.ts'
import { encodeVerifierKey, parseNote } from '../crypto/transparency/note.ts'
import type { Services } from '../gateway/services.ts'
import { checkpointKeys } from '../gateway/tables.ts'
import type { Transaction } from '../storage/database/port.ts'

type Needed = Pick<Services, 'database' | 'keyring' | 'once'>

const seedBytes = 32
const sealContext = (id: string) => `checkpoint_keys/${id}/sealed_seeds`

const rotationDays = 90

export interface CheckpointKeys {
  /** The newest pair, which signs. */
  current: { id: string; createdAt: Date }
  seeds: CheckpointSeeds
  /** Public keys of every pair there ever was. */
  all: { id: string; createdAt: Date; ed25519: Uint8Array; mlDsa44: Uint8Array }[]
}

// Another process may sign with the older pair until it looks again; what that signs verifies all the same.
const kept = (services: Needed) => services.once('audit.checkpoint-keys', () => new RecentlyRead<CheckpointKeys>())

/** The keys that sign this installation's checkpoints, at most a minute old; the first call of a new installation makes them. */
export const checkpointKeysOf = (services: Needed): Promise<CheckpointKeys> => kept(services).get(() => load(services))

function newPair({ keyring }: Needed): typeof checkpointKeys.$inferInsert & { id: string } {
  const id = randomUUID()
  const seeds = randomBytes(2 * seedBytes)
  const keys = publicKeysOf({ ed25519: seeds.subarray(0, seedBytes), mlDsa44: seeds.subarray(seedBytes) })
  return {
    id,
    ed25519PublicKey: keys.ed25519,
    mlDsaPublicKey: keys.mlDsa44,
    sealedSeeds: keyring.seal(seeds, sealContext(id)),
    createdAt: new Date(),
  }
}

async function load(services: Needed): Promise<CheckpointKeys> {
  checkMlDsa44()
  const stored = () =>
    services.database.identity((tx) => tx.select().from(checkpointKeys).orderBy(asc(checkpointKeys.createdAt), asc(checkpointKeys.id)))
  let rows = await stored()
  if (rows.length === 0) {
    await services.database.identity((tx) => tx.insert(checkpointKeys).values(newPair(services)))
    rows = await stored()
  }
  const newest = rows.at(-1)
  if (!newest) throw new Error('No key for checkpoints could be made.')
  const seeds = services.keyring.open(newest.sealedSeeds, sealContext(newest.id))
  return {
    current: { id: newest.id, createdAt: newest.createdAt },
    seeds: { ed25519: seeds.slice(0, seedBytes), mlDsa44: seeds.slice(seedBytes) },
    all: rows.map((row) => ({ id: row.id, createdAt: row.createdAt, ed25519: row.ed25519PublicKey, mlDsa44: row.mlDsaPublicKey })),
  }
}

/**
 * A new pair signs from now on. The public keys of the older ones stay, so that what they signed verifies for ever. `note` runs in the same
 * transaction and is told the ids of the pair that signed so far and of the new one.
 */
export async function rotateCheckpointKeys(
  services: Needed,
  note: (tx: Transaction, ids: { before: string; after: string }) => Promise<void> = async () => {},
): Promise<void> {
  const { current } = await checkpointKeysOf(services)
  const pair = newPair(services)
  await services.database.identity(async (tx) => {
    await tx.insert(checkpointKeys).values(pair)
    await note(tx, { before: current.id, after: pair.id })
  })
  kept(services).forget()
}

export const rotationDueAt = ({ createdAt }: { createdAt: Date }): Date => new Date(createdAt.getTime() + rotationDays * 86_400_000)

/** Rotates when the newest pair has signed for 90 days; called every day. */
export async function rotateCheckpointKeysWhenDue(services: Needed, now = Date.now()): Promise<boolean> {
  const { current } = await checkpointKeysOf(services)
  if (now < rotationDueAt(current).getTime()) return false
  await rotateCheckpointKeys(services)
  return true
}

/** The verifier keys that signed a checkpoint, as texts. */
export function keysOfNote(note: string, { all }: CheckpointKeys): string[] {
  const { text, signatures } = parseNote(note)
  const origin = text.split('\n', 1)[0] ?? ''
  const signed = all.map((keys) => verifierKeysOf(origin, keys)).find(([first]) => signatures.some(({ keyId }) => first && equal(keyId, first.keyId)))
  return (signed ?? []).map(encodeVerifierKey)
}
