import { randomBytes } from 'node:crypto'
import { asc, eq, getTableColumns, sql } from 'drizzle-orm'
import { type Database, DatabaseUnavailable, type Transaction } from '../storage/database/port.ts'
import { decrypt, encrypt, keyBytes } from './aes-gcm.ts'
import { keyFiles } from './key-files.ts'
import type { KeyManagement } from './key-management.ts'
import { dataKeys } from './tables.ts'

export interface KeyState {
  /** Version of the newest data key, which seals now or, where several processes share the keys, within a minute, and since when. */
  dataKey: number
  since: Date
  dataKeys: number
  /** Versions of the key-encryption key that wrap at least one data key. */
  keyEncryptionKeys: number[]
}

/** Seals small secrets at rest by envelope encryption: a data key seals, a key-encryption key outside the database wraps the data key. */
export interface Keyring {
  /** `context` says table, row and column (`signing_keys/<id>/sealed_private_key`) and is authenticated together with the key's version. */
  seal(plain: Uint8Array, context: string): string
  /** @throws Error when the text was altered, moved to another row or column, or sealed elsewhere; DatabaseUnavailable while its key is being read */
  open(sealed: string, context: string): Uint8Array
  /** A secret of this installation for one purpose; it does not rotate. */
  secret(name: 'browser-session'): string
  state(): KeyState
  /**
   * A new key-encryption key and a new data key; every data key is wrapped anew, and key-encryption keys that wrap nothing are destroyed.
   * What is sealed stays as it is and opens at every moment. `alongside` runs in the transaction of the change; it is
   * told the version of the data key that sealed so far, and of the one that seals from now on.
   */
  rotate(alongside?: Alongside): Promise<KeyState>
  /** Ends looking for keys that other processes make. */
  close(): void
}

type Alongside = (tx: Transaction, versions: { before: number; after: number }) => Promise<void>

/** A key that seals is older than this: time for another. */
export const keyRotationDays = 90

const contextOf = (version: number) => `data_keys/${version}/wrapped_key`
// `v1` texts of older installations were sealed by the installation's key itself.
const direct = /^v1\.(.+)$/s
const enveloped = /^v2\.([1-9]\d{0,8})\.(.+)$/s
const associated = (context: string, version: number) => `${context}/v2/${version}`

interface DataKey {
  version: number
  key: Uint8Array
  createdAt: Date
  /** By the clock of the database, which all processes share. */
  ageMs: number
  keyEncryptionKey: number
}

/** Where several processes share the keys: how often each looks for new ones, and for how long a new one only opens, so that everybody knows it before it seals. */
const sharedTimes = { lookEveryMs: 15_000, opensOnlyMs: 60_000 }

/** Opens the keyring of an installation whose key-encryption keys are files in `folder`; the first start makes its keys. */
export async function openKeyring(folder: string, database: Pick<Database, 'identity' | 'adapter'>, times = sharedTimes): Promise<Keyring> {
  const files = keyFiles(folder)
  const isShared = database.adapter === 'postgres'
  const load = () => database.identity((tx) => loadDataKeys(tx, files))
  if ((await load()).length === 0) {
    const first = await newDataKey(files, 1)
    await database.identity((tx) => tx.insert(dataKeys).values(first.row).onConflictDoNothing())
  }
  let known = new Map<number, DataKey>()
  let current!: DataKey
  let sealing!: DataKey
  take(await load())
  let rotating: Promise<unknown> = Promise.resolve()
  let isLooking = false
  // What fails is tried again at the next look.
  const look = () => {
    if (isLooking) return
    isLooking = true
    load()
      .then(take, () => {})
      .finally(() => {
        isLooking = false
      })
  }
  const timer = isShared ? setInterval(look, times.lookEveryMs).unref() : undefined
  const state = (): KeyState => ({
    dataKey: current.version,
    since: current.createdAt,
    dataKeys: known.size,
    keyEncryptionKeys: [...new Set([...known.values()].map((key) => key.keyEncryptionKey))].sort((a, b) => a - b),
  })
  return {
    seal: (plain, context) => `v2.${sealing.version}.${encrypt(sealing.key, plain, associated(context, sealing.version))}`,
    open(sealed, context) {
      const old = direct.exec(sealed)?.[1]
      if (old !== undefined) return decrypt(files.installation.subarray(0, keyBytes), old, context)
      const [, version, text] = enveloped.exec(sealed) ?? []
      if (!version || text === undefined) throw new Error('Not a sealed secret.')
      const key = known.get(Number(version))
      if (!key) {
        const unknown = `Sealed with data key ${version}, which this installation does not have.`
        if (!isShared) throw new Error(unknown)
        // Another process may have made it while this one could not look.
        look()
        throw new DatabaseUnavailable(unknown)
      }
      return decrypt(key.key, text, associated(context, key.version))
    },
    secret: (name) => `${name}.${Buffer.from(files.installation.subarray(keyBytes)).toString('base64url')}`,
    state,
    rotate(alongside) {
      // One after the other: two at once would make the same version.
      const done = rotating.then(() => rotateOnce(alongside))
      rotating = done.catch(() => undefined)
      return done
    },
    close: () => clearInterval(timer),
  }

  function take(keys: readonly DataKey[]): void {
    known = new Map(keys.map((key) => [key.version, key]))
    current = keys.at(-1)!
    const settled = keys.filter(({ ageMs, version }) => !isShared || version === 1 || ageMs > times.opensOnlyMs)
    sealing = settled.at(-1) ?? current
  }

  async function rotateOnce(alongside?: Alongside): Promise<KeyState> {
    await files.rotate()
    await database.identity(async (tx) => {
      // Of several processes one after the other: two at once would make the same version.
      await tx.execute(sql`lock table data_keys in share row exclusive mode`)
      const keys = await loadDataKeys(tx, files)
      const before = keys.at(-1)?.version ?? 0
      for (const { key, version } of keys) {
        const { wrapped: wrappedKey, version: keyEncryptionKey } = await files.wrap(key, contextOf(version))
        await tx.update(dataKeys).set({ wrappedKey, keyEncryptionKey, wrappedAt: new Date() }).where(eq(dataKeys.version, version))
      }
      const fresh = await newDataKey(files, before + 1)
      await tx.insert(dataKeys).values(fresh.row)
      await alongside?.(tx, { before, after: fresh.row.version })
    })
    const rewrapped = await load()
    take(rewrapped)
    await files.forgetAllBut(rewrapped.map((key) => key.keyEncryptionKey))
    return state()
  }
}

async function newDataKey(management: KeyManagement, version: number) {
  const key = randomBytes(keyBytes)
  const { wrapped: wrappedKey, version: keyEncryptionKey } = await management.wrap(key, contextOf(version))
  return { key, row: { version, wrappedKey, keyEncryptionKey } }
}

async function loadDataKeys(tx: Transaction, management: KeyManagement): Promise<DataKey[]> {
  const stored = await tx
    .select({ ...getTableColumns(dataKeys), ageMs: sql<number>`(extract(epoch from clock_timestamp() - ${dataKeys.createdAt}) * 1000)::float8` })
    .from(dataKeys)
    .orderBy(asc(dataKeys.version))
  return Promise.all(
    stored.map(async ({ version, wrappedKey, keyEncryptionKey, createdAt, ageMs }) => ({
      version,
      createdAt,
      ageMs,
      keyEncryptionKey,
      key: await management.unwrap(wrappedKey, keyEncryptionKey, contextOf(version)),
    })),
  )
}
