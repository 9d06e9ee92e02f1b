import { generateKeyPair } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { CRC32C, type File, Storage, type StorageOptions } from '@google-cloud/storage'
import { damaged, isKey, keyOf, partsOf, verified } from './key.ts'
import { type ObjectStore, ObjectsUnavailable } from './port.ts'

export interface GcsPlace {
  bucket: string
  /** Origin of a server that speaks the interface of Google Cloud Storage and asks nobody who they are; null: Google's. */
  emulator: string | null
}

/** What is told of the store as it changes, once each time. */
interface Watcher {
  away(reason: string): void
  back(): void
  /** The rule below could not be set: the bucket's owner has to. */
  withoutLifecycle(reason: string): void
}

/** Larger ones are sent in pieces of this many bytes, each of which is sent again by itself when the connection breaks. */
const pieceBytes = 8 * 1024 * 1024
const checkMs = 3_000
const tryAgainMs = 1_000
const urlMs = 5 * 60_000

/** What was deleted does not live on as an old version where the bucket keeps those. Resumable uploads that never ended are gone by themselves after a week. */
const lifecycle = { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 7 } } as const

interface Failure {
  code?: string | number
  name?: string
  type?: string
  message?: string
}

/** The store, the way to it or who vouches for us there is what failed. */
function isAway(error: unknown): boolean {
  const { code, type, name } = error as Failure
  const status = Number(code)
  if (status === 408 || status === 429 || status >= 500) return true
  const network = /^(?:E[A-Z_]+|ERR_SOCKET.*|UND_ERR.*)$/
  return (typeof code === 'string' && network.test(code)) || type === 'request-timeout' || name === 'AbortError'
}

function reasonOf(error: unknown): string {
  const { code, message = String(error) } = error as Failure
  const line = message.split('\n')[0] ?? ''
  return code === undefined || line.includes(String(code)) ? line : `${code}: ${line}`
}

/** Nobody asks an emulator for credentials, but an address cannot be signed without a key. */
async function emulated(origin: string): Promise<StorageOptions> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { apiEndpoint: origin, projectId: 'aia', credentials: { client_email: 'aia@emulator.invalid', private_key: key } }
}

async function clientOf({ emulator }: GcsPlace): Promise<Storage> {
  const storage = new Storage({
    ...(emulator ? await emulated(emulator) : {}),
    timeout: 60_000,
    retryOptions: { maxRetries: 3, totalTimeout: 20, maxRetryDelay: 1 },
  })
  // Where the process has STORAGE_EMULATOR_HOST the client takes it for the whole path.
  if (emulator) storage.baseUrl = `${emulator}/storage/v1`
  return storage
}

/**
 * Opens a bucket of Google Cloud Storage, with the credentials of the machine (Application Default Credentials). Whenever it cannot be
 * reached, `watcher` is told once, and again when it can: it is tried every second.
 * @param silenceMs how long nothing may come of an object that is read
 * @throws Error of one line when it cannot be used
 */
export async function openGcs(place: GcsPlace, watcher: Watcher, silenceMs = 30_000): Promise<ObjectStore> {
  const storage = await clientOf(place)
  const bucket = storage.bucket(place.bucket)
  // What the rights to objects include; those to the bucket itself may be somebody else's.
  const reach = () => bucket.getFiles({ maxResults: 1, autoPaginate: false })
  await within(10_000, reach()).catch((error: Failure) => {
    throw startFailure(place, error)
  })
  let trying: NodeJS.Timeout | undefined
  let isClosed = false

  function lost(error: unknown): void {
    if (trying || isClosed) return
    watcher.away(reasonOf(error))
    trying = setInterval(check, tryAgainMs).unref()
  }
  async function check(): Promise<boolean> {
    try {
      await within(checkMs, reach())
    } catch (error) {
      lost(error)
      return false
    }
    if (trying && !isClosed) {
      clearInterval(trying)
      trying = undefined
      watcher.back()
    }
    return true
  }
  async function reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!isAway(error)) throw error
      lost(error)
      throw new ObjectsUnavailable('Google Cloud Storage cannot be reached.', { cause: error })
    }
  }
  function fileOf(key: string): File {
    partsOf(key)
    return bucket.file(key)
  }

  await manageLifecycle().catch((error) => watcher.withoutLifecycle(reasonOf(error)))

  async function manageLifecycle(): Promise<void> {
    const [{ lifecycle: present, metageneration }] = await bucket.getMetadata()
    const rules = present?.rule ?? []
    if (rules.some((rule) => JSON.stringify(rule) === JSON.stringify(lifecycle))) return
    // Somebody else who sets rules at the same time loses nothing.
    const unchanged = metageneration === undefined ? {} : { ifMetagenerationMatch: metageneration }
    await bucket.setMetadata({ lifecycle: { rule: [...rules, lifecycle] } }, unchanged)
  }

  return {
    adapter: 'gcs',
    put: (enterpriseId, bytes) =>
      reaching(async () => {
        const key = keyOf(enterpriseId, bytes)
        const checksum = new CRC32C()
        const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        checksum.update(data)
        const isLarge = bytes.length > pieceBytes
        const send = () =>
          fileOf(key).save(data, {
            resumable: isLarge,
            ...(isLarge ? { chunkSize: pieceBytes } : {}),
            // The store compares with what came, and the client with what the store says it has.
            metadata: { contentType: 'application/octet-stream', crc32c: checksum.toString() },
            validation: 'crc32c',
            preconditionOpts: { ifGenerationMatch: 0 },
          })
        try {
          // What the client throws when the store has lost pieces that it had taken.
          await send().catch((error) => (error instanceof RangeError ? send() : Promise.reject(error)))
        } catch (error) {
          // It is there already: the same bytes, or it would have another name.
          if ((error as Failure).code !== 412) throw error
        }
        return key
      }),
    get: (key) =>
      reaching(async () => {
        try {
          return verified(key, await readAll(fileOf(key).createReadStream({ validation: 'crc32c' }), silenceMs))
        } catch (error) {
          const { code } = error as Failure
          if (code === 404) throw new Error(`There is no object ${key}.`)
          throw code === 'CONTENT_DOWNLOAD_MISMATCH' ? damaged(key, error) : error
        }
      }),
    delete: (key) =>
      reaching(async () => {
        await fileOf(key).delete({ ignoreNotFound: true })
      }),
    list: (enterpriseId) =>
      reaching(async () => {
        const [files] = await bucket.getFiles({ prefix: `${enterpriseId}/`, fields: 'items/name,nextPageToken' })
        return files.map(({ name }) => name).filter(isKey)
      }),
    async downloadUrl(key, { fileName, contentType }) {
      try {
        const [url] = await fileOf(key).getSignedUrl({
          version: 'v4',
          action: 'read',
          expires: Date.now() + urlMs,
          responseDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
          responseType: contentType,
        })
        return url
      } catch (error) {
        // Whom the machine works as has no key and may not sign: the bytes go through AIA.
        if ((error as Failure).name === 'SigningError') return null
        throw error
      }
    },
    check,
    close() {
      isClosed = true
      clearInterval(trying)
    },
  }
}

/** The client does not tell of a connection that breaks once the body has begun, and would wait for ever: silence ends it. */
async function readAll(stream: Readable, silenceMs: number): Promise<Buffer> {
  const end = () => stream.destroy(Object.assign(new Error(`nothing came for ${silenceMs / 1_000} s`), { code: 'ETIMEDOUT' }))
  const silence = setTimeout(end, silenceMs)
  try {
    const parts: Buffer[] = []
    for await (const part of stream) {
      silence.refresh()
      parts.push(part)
    }
    return Buffer.concat(parts)
  } finally {
    clearTimeout(silence)
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = sleep(ms, undefined, { ref: false }).then(() => {
    throw new Error(`no answer within ${ms / 1_000} s`)
  })
  return Promise.race([work, late])
}

function startFailure({ bucket, emulator }: GcsPlace, error: Failure): Error {
  const variable = emulator ? 'STORAGE_EMULATOR_HOST and GCS_BUCKET' : 'GCS_BUCKET'
  const where = emulator ? ` at ${emulator}` : ''
  if (error.code === 404) return new Error(`AIA cannot start: GCS_BUCKET: there is no bucket ${bucket}${where}.`)
  if (error.code === 401 || error.code === 403)
    return new Error(`AIA cannot start: GCS_BUCKET: bucket ${bucket} may not be read with the credentials of this machine (${reasonOf(error)}).`)
  return new Error(`AIA cannot start: ${variable}: Google Cloud Storage cannot be used${where} (${reasonOf(error)}).`)
}
