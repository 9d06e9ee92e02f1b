import { randomBytes } from 'node:crypto'
import { asc, eq } from 'drizzle-orm'
import type { Database, Transaction } from '../storage/database/port.ts'
import { decrypt, encrypt, keyBytes } from './aes-gcm.ts'
import { keyFiles } from './key-files.ts'
import type { KeyManagement } from './key-management.ts'
import { dataKeys } from './tables.ts'

export interface KeyState {
  /** Version of the data key that seals now, and since when. */
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
  /** @throws Error when the text was altered, moved to another row or column, or sealed elsewhere */
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
  keyEncryptionKey: number
}

/** Opens the keyring of an installation whose key-encryption keys are files in `folder`; the first start makes its keys. */
export async function openKeyring(folder: string, database: Pick<Database, 'identity'>): Promise<Keyring> {
  const files = keyFiles(folder)
  let keys = await loadDataKeys(database, files)
  if (keys.length === 0) {
    const first = await newDataKey(files, 1)
    await database.identity((tx) => tx.insert(dataKeys).values(first.row).onConflictDoNothing())
    keys = await loadDataKeys(database, files)
  }
  let known = new Map(keys.map((key) => [key.version, key]))
  let current = keys.at(-1)!
  let rotating: Promise<unknown> = Promise.resolve()
  const state = (): KeyState => ({
    dataKey: current.version,
    since: current.createdAt,
    dataKeys: known.size,
    keyEncryptionKeys: [...new Set([...known.values()].map((key) => key.keyEncryptionKey))].sort((a, b) => a - b),
  })
  return {
    seal: (plain, context) => `v2.${current.version}.${encrypt(current.key, plain, associated(context, current.version))}`,
    open(sealed, context) {
      const old = direct.exec(sealed)?.[1]
      if (old !== undefined) return decrypt(files.installation.subarray(0, keyBytes), old, context)
      const [, version, text] = enveloped.exec(sealed) ?? []
      if (!version || text === undefined) throw new Error('Not a sealed secret.')
      const key = known.get(Number(version))
      if (!key) throw new Error(`Sealed with data key ${version}, which this installation does not have.`)
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
  }

  async function rotateOnce(alongside?: Alongside): Promise<KeyState> {
    await files.rotate()
    const fresh = await newDataKey(files, current.version + 1)
    const wrapped = await Promise.all([...known.values()].map(async (key) => ({ key, ...(await files.wrap(key.key, contextOf(key.version))) })))
    await database.identity(async (tx) => {
      for (const { key, wrapped: wrappedKey, version } of wrapped)
        await tx.update(dataKeys).set({ wrappedKey, keyEncryptionKey: version, wrappedAt: new Date() }).where(eq(dataKeys.version, key.version))
      await tx.insert(dataKeys).values(fresh.row)
      await alongside?.(tx, { before: current.version, after: fresh.row.version })
    })
    const rewrapped = await loadDataKeys(database, files)
    known = new Map(rewrapped.map((key) => [key.version, key]))
    current = rewrapped.at(-1)!
    await files.forgetAllBut(rewrapped.map((key) => key.keyEncryptionKey))
    return state()
  }
}

async function newDataKey(management: KeyManagement, version: number) {
  const key = randomBytes(keyBytes)
  const { wrapped: wrappedKey, version: keyEncryptionKey } = await management.wrap(key, contextOf(version))
  return { key, row: { version, wrappedKey, keyEncryptionKey } }
}

async function loadDataKeys(database: Pick<Database, 'identity'>, management: KeyManagement): Promise<DataKey[]> {
  const stored = await database.identity((tx) => tx.select().from(dataKeys).orderBy(asc(dataKeys.version)))
  return Promise.all(
    stored.map(async ({ version, wrappedKey, keyEncryptionKey, createdAt }) => ({
      version,
      createdAt,
      keyEncryptionKey,
      key: await management.unwrap(wrappedKey, keyEncryptionKey, contextOf(version)),
    })),
  )
}
