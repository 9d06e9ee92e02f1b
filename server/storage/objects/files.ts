import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isKey, keyOf, partsOf, verified } from './key.ts'
import { type ObjectStore, ObjectsFull } from './port.ts'

const isFull = (error: unknown) => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

/** Writes bytes under another name first, so that an object is there as a whole or not at all. */
async function write(target: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const draft = `${target}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/**
 * Objects as files below `folder`.
 * @param hasRoom whether the disk may take so many bytes; what else is on it needs room too
 */
export function fileObjects(folder: string, hasRoom: (bytes: number) => boolean = () => true): ObjectStore {
  function path(key: string): string {
    const { enterpriseId, digest } = partsOf(key)
    return join(folder, enterpriseId, digest.slice(0, 2), digest)
  }
  return {
    adapter: 'files',
    async put(enterpriseId, bytes) {
      const key = keyOf(enterpriseId, bytes)
      if (!hasRoom(bytes.length)) throw new ObjectsFull('The disk is full.')
      await write(path(key), bytes).catch((error) => {
        throw isFull(error) ? new ObjectsFull('The disk is full.', { cause: error }) : error
      })
      return key
    },
    async get(key) {
      return verified(key, await readFile(path(key)))
    },
    async delete(key) {
      await rm(path(key), { force: true })
    },
    async list(enterpriseId) {
      const names = await readdir(join(folder, enterpriseId), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      return names.map((name) => `${enterpriseId}/${name.split(/[\\/]/).at(-1)}`).filter(isKey)
    },
    // AIA itself is the only door to them.
    downloadUrl: async () => null,
    async check() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await access(folder, constants.R_OK | constants.W_OK)
        return true
      } catch {
        return false
      }
    },
    close() {},
  }
}
