import { and, asc, eq, isNotNull, isNull, lt } from 'drizzle-orm'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type JWK } from 'jose'
import { RecentlyRead, reloadMs } from '../crypto/recently-read.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { signingKeys } from './tables.ts'

/** How long an access token is valid; a retiring key must verify for that long. */
export const accessTokenSeconds = 24 * 3_600
const rotationDays = 90
// Another process may sign with the old key until it looks again.
const retiringMs = accessTokenSeconds * 1_000 + 2 * reloadMs

export interface SigningKeys {
  current: { id: string; privateKey: CryptoKey; activatedAt: Date }
  /** Public keys by id, for verification: current, next and retiring ones. */
  publicKeys: Map<string, CryptoKey>
  /** The same as a JWK set (RFC 7517), the current one first. */
  keySet: { keys: JWK[] }
  states: { id: string; state: 'current' | 'next' | 'retiring'; createdAt: Date; activatedAt: Date | null; retiredAt: Date | null }[]
}

type Needed = Pick<Services, 'database' | 'keyring' | 'once'>
type Row = typeof signingKeys.$inferSelect
type Pair = Pick<Row, 'id' | 'publicJwk' | 'sealedPrivateKey'>

const sealContext = (id: string) => `signing_keys/${id}/sealed_private_key`

const kept = (services: Needed) => services.once('auth.signing-keys', () => new RecentlyRead<SigningKeys>())

/** The RS256 keys of this installation, at most a minute old; the first call of a new installation makes them. */
export const signingKeysOf = (services: Needed): Promise<SigningKeys> => kept(services).get(() => load(services))

async function newPair({ keyring }: Needed): Promise<Pair> {
  const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const jwk = await exportJWK(pair.publicKey)
  const id = await calculateJwkThumbprint(jwk)
  const sealedPrivateKey = keyring.seal(new TextEncoder().encode(await exportPKCS8(pair.privateKey)), sealContext(id))
  return { id, publicJwk: { ...jwk, kid: id, alg: 'RS256', use: 'sig' }, sealedPrivateKey }
}

const isCurrent = and(isNotNull(signingKeys.activatedAt), isNull(signingKeys.retiredAt))
const isNext = isNull(signingKeys.activatedAt)

/** Makes the oldest waiting key the current one and puts `spare` in its place; what verifies nothing any more is deleted. */
async function advance(tx: Transaction, spare: Pair, now: Date): Promise<string> {
  await tx.insert(signingKeys).values(spare)
  await tx.update(signingKeys).set({ retiredAt: now }).where(isCurrent)
  const [next] = await tx.select({ id: signingKeys.id }).from(signingKeys).where(isNext).orderBy(asc(signingKeys.createdAt)).limit(1)
  const id = next?.id ?? spare.id
  await tx.update(signingKeys).set({ activatedAt: now }).where(eq(signingKeys.id, id))
  await tx.delete(signingKeys).where(lt(signingKeys.retiredAt, new Date(now.getTime() - retiringMs)))
  return id
}

const allKeys = (services: Needed) => services.database.readIdentity((tx) => tx.select().from(signingKeys).orderBy(asc(signingKeys.createdAt)))

async function load(services: Needed): Promise<SigningKeys> {
  let stored = await allKeys(services)
  // A new installation has none, one from before rotation has no current one: both get a current and a next key.
  while (!stored.some((key) => key.activatedAt && !key.retiredAt) || !stored.some((key) => !key.activatedAt)) {
    const spare = await newPair(services)
    await services.database.identity(async (tx) => {
      const [current] = await tx.select({ id: signingKeys.id }).from(signingKeys).where(isCurrent).for('update')
      if (current) await tx.insert(signingKeys).values(spare)
      else await advance(tx, spare, new Date())
    })
    stored = await allKeys(services)
  }
  const current = stored.findLast((key) => key.activatedAt && !key.retiredAt)
  if (!current?.activatedAt) throw new Error('No signing key could be made.')
  const pem = new TextDecoder().decode(services.keyring.open(current.sealedPrivateKey, sealContext(current.id)))
  const valid = stored.filter((key) => !key.retiredAt || key.retiredAt.getTime() > Date.now() - retiringMs)
  const publicKeys = new Map<string, CryptoKey>()
  for (const key of valid) publicKeys.set(key.id, (await importJWK(key.publicJwk as JWK, 'RS256')) as CryptoKey)
  const ordered = [current, ...valid.filter((key) => key.id !== current.id)]
  return {
    current: { id: current.id, privateKey: await importPKCS8(pem, 'RS256', { extractable: true }), activatedAt: current.activatedAt },
    publicKeys,
    keySet: { keys: ordered.map((key) => key.publicJwk as JWK) },
    states: ordered.map(({ id, createdAt, activatedAt, retiredAt }) => ({
      id,
      state: retiredAt ? 'retiring' : activatedAt ? 'current' : 'next',
      createdAt,
      activatedAt,
      retiredAt,
    })),
  }
}

/**
 * The next key signs from now on, a new one waits. Tokens signed before stay valid until they expire, because the old key stays in the set.
 * `note` runs in the same transaction.
 */
export async function rotateSigningKeys(services: Needed, note: (tx: Transaction, id: string) => Promise<void> = async () => {}): Promise<void> {
  const spare = await newPair(services)
  await services.database.identity(async (tx) => note(tx, await advance(tx, spare, new Date())))
  kept(services).forget()
}

export const rotationDueAt = (activatedAt: Date): Date => new Date(activatedAt.getTime() + rotationDays * 86_400_000)

/** Rotates when the current key has signed for 90 days; called every day. */
export async function rotateSigningKeysWhenDue(services: Needed, now = Date.now()): Promise<boolean> {
  const { current } = await signingKeysOf(services)
  if (now < rotationDueAt(current.activatedAt).getTime()) return false
  await rotateSigningKeys(services)
  return true
}
