import { createHash, createHmac, randomUUID } from 'node:crypto'
import { and, eq, lt, sql } from 'drizzle-orm'
import { DatabaseUnavailable, type Transaction } from '../storage/database/port.ts'
import { problem } from './problem.ts'
import type { Caller, Services } from './services.ts'
import { idempotencyKeys, noEnterprise } from './tables.ts'

/** How long an answer is kept. */
const keptHours = 24
/** A call that has run for longer has died with its process. */
const longestCallMs = 15 * 60_000
/** This process. The embedded database has only one, so what another one left running has died. */
const thisProcess = randomUUID()
/** What this process runs now: a key that it took and is not here was not given back, because the database could not note that. */
const running = new Set<string>()
const idOf = ({ enterpriseId, caller, operation, keyHash }: KeyedCall) => [enterpriseId, caller, operation, keyHash].join('/')

/** One use of a key: by whom, for which operation, with which input. */
export interface KeyedCall {
  enterpriseId: string
  caller: string
  operation: string
  keyHash: string
  fingerprint: string
}

/** Either what was answered before, or nothing: then this call runs. */
type Earlier = { output: unknown } | null

/**
 * The key of a request (draft-ietf-httpapi-idempotency-key-header-07: a structured-field string); its quotes may be left out.
 * @throws problem invalid_input
 */
export function idempotencyKeyOf(headers: Headers): string | undefined {
  const header = headers.get('idempotency-key')
  if (header === null) return undefined
  const key = /^"([\x20\x21\x23-\x7e]{1,255})"$/.exec(header)?.[1] ?? header
  if (!/^[\x20\x21\x23-\x7e]{1,255}$/.test(key))
    throw problem('invalid_input', 'The Idempotency-Key must be 1 to 255 ASCII characters without a quote, best a UUID.', [
      { pointer: '', detail: 'Idempotency-Key' },
    ])
  return key
}

/** The same for the same value, whatever the order of its members; files count by name, type and bytes. */
async function canonical(value: unknown): Promise<string> {
  if (value instanceof Blob) {
    const hash = createHash('sha256').update(new Uint8Array(await value.arrayBuffer()))
    return JSON.stringify(['file', (value as File).name, value.type, hash.digest('hex')])
  }
  if (Array.isArray(value)) return `[${(await Promise.all(value.map(canonical))).join(',')}]`
  if (value === null || typeof value !== 'object' || value instanceof Date) return JSON.stringify(value) ?? 'undefined'
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${(await Promise.all(members.map(async ([key, each]) => `${JSON.stringify(key)}:${await canonical(each)}`))).join(',')}}`
}

/** The keyed call of a request; null without a key and for what only reads. */
export async function keyedCall(
  context: { services: Services; caller: Caller | null; address: string; idempotencyKey?: string | undefined },
  operation: string,
  method: string | undefined,
  input: unknown,
): Promise<KeyedCall | null> {
  if (context.idempotencyKey === undefined || method === 'GET') return null
  // Keyed hashes: an input may hold a password, and a plain hash of one could be guessed.
  const secret = context.services.keyring.secret('browser-session')
  const hash = (purpose: string, text: string) => createHmac('sha256', secret).update(`idempotency/${purpose}/${text}`).digest('hex')
  return {
    enterpriseId: context.caller?.enterpriseId ?? noEnterprise,
    caller: context.caller?.personId ?? context.address,
    operation,
    keyHash: hash('key', context.idempotencyKey),
    fingerprint: hash('input', await canonical(input)),
  }
}

const rowOf = (call: KeyedCall) =>
  and(
    eq(idempotencyKeys.enterpriseId, call.enterpriseId),
    eq(idempotencyKeys.caller, call.caller),
    eq(idempotencyKeys.operation, call.operation),
    eq(idempotencyKeys.keyHash, call.keyHash),
  )
const sealContext = (call: KeyedCall) => `idempotency_keys/${call.enterpriseId}/${call.caller}/${call.operation}/${call.keyHash}/sealed_output`

/**
 * Takes the key, or finds what it was used for. Of two at once, the second waits here for the transaction of the first.
 * @throws problem key_reused for another input, conflict while the first call runs or when its answer was lost
 */
export async function claim(tx: Transaction, services: Services, call: KeyedCall): Promise<Earlier> {
  const old = sql`now() - make_interval(hours => ${keptHours})`
  await tx.delete(idempotencyKeys).where(and(eq(idempotencyKeys.enterpriseId, call.enterpriseId), lt(idempotencyKeys.createdAt, old)))
  const mine = { ...call, state: 'running' as const, process: thisProcess }
  const inserted = await tx.insert(idempotencyKeys).values(mine).onConflictDoNothing().returning({ state: idempotencyKeys.state })
  if (inserted.length > 0) return null
  const [row] = await tx.select().from(idempotencyKeys).where(rowOf(call)).for('update')
  if (!row) throw problem('conflict', 'The first call with this Idempotency-Key has just been withdrawn. Try again.')
  if (row.fingerprint !== call.fingerprint) throw problem('key_reused', 'This Idempotency-Key was used with another input. Use a new key.')
  if (row.state === 'done')
    return {
      output:
        row.sealedOutput === null ? undefined : JSON.parse(new TextDecoder().decode(services.keyring.open(row.sealedOutput, sealContext(call)))),
    }
  const isOnlyProcess = services.database.adapter === 'pglite'
  const isAlive = row.process === thisProcess ? running.has(idOf(call)) : !isOnlyProcess && Date.now() - row.createdAt.getTime() < longestCallMs
  // The one conflict that passes by itself.
  if (isAlive) throw problem('conflict', 'The first call with this Idempotency-Key is still running.', undefined, { still_running: true })
  if (row.state === 'changed')
    throw problem('conflict', 'The first call with this Idempotency-Key has changed something, but ended before it answered. Look at what it did.')
  await tx.update(idempotencyKeys).set({ process: thisProcess, createdAt: new Date() }).where(rowOf(call))
  return null
}

/** Keeps the answer, sealed, because it may be a token or a key that is shown once. */
export async function keep(tx: Transaction, services: Services, call: KeyedCall, output: unknown): Promise<void> {
  const json = JSON.stringify(output)
  const sealedOutput = json === undefined ? null : services.keyring.seal(new TextEncoder().encode(json), sealContext(call))
  await tx.update(idempotencyKeys).set({ state: 'done', sealedOutput }).where(rowOf(call))
}

/** Notes in the transaction of a change that this call must not run again, even if its process dies before it answers. */
export async function noteChange(tx: Transaction, call: KeyedCall): Promise<void> {
  await tx.update(idempotencyKeys).set({ state: 'changed' }).where(rowOf(call))
}

interface Once<T> {
  /** Opens a transaction that may touch the row. */
  transact<R>(work: (tx: Transaction) => Promise<R>): Promise<R>
  replay(output: unknown): T
  run(): Promise<T>
}

/** How a call ended may be noted twice. Not noted at all, its key would be held until the call counts as dead. */
async function surely(note: () => Promise<unknown>): Promise<void> {
  for (let left = 3; ; left--) {
    try {
      await note()
      return
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || left === 0) throw error
    }
  }
}

/** Runs an operation that opens transactions of its own, once for its key. One that fails gives the key back. */
export async function runOnce<T extends { output: unknown }>(
  services: Services,
  call: KeyedCall | null,
  { transact, replay, run }: Once<T>,
): Promise<T> {
  if (!call) return run()
  let isMine = false
  try {
    const earlier = await transact(async (tx) => {
      const found = await claim(tx, services, call)
      if (found) return found
      // Before anybody else can see the row.
      isMine = true
      running.add(idOf(call))
      return null
    })
    if (earlier) return replay(earlier.output)
    let result: T
    try {
      result = await run()
    } catch (error) {
      // Cannot be noted: whoever asks again here finds that nothing runs.
      await surely(() => transact((tx) => tx.delete(idempotencyKeys).where(rowOf(call)))).catch(() => {})
      throw error
    }
    await surely(() => transact((tx) => keep(tx, services, call, result.output))).catch((error) => {
      // It is done, and who asked hears so. Only who asks again does not hear it.
      if (!(error instanceof DatabaseUnavailable)) throw error
    })
    return result
  } finally {
    if (isMine) running.delete(idOf(call))
  }
}
