import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ObjectStore } from './port.ts'

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const keyPattern = /^([0-9a-f-]{36})\/([0-9a-f]{64})$/

/** Objects as files below `folder`. */
export function fileObjects(folder: string): ObjectStore {
  // The pattern is also the guard against path characters in a key.
  function path(key: string): string {
    const [, enterpriseId, digest] = keyPattern.exec(key) ?? []
    if (!enterpriseId || !digest) throw new Error(`Not an object key: ${JSON.stringify(key)}`)
    return join(folder, enterpriseId, digest.slice(0, 2), digest)
  }
  return {
    adapter: 'files',
    async put(enterpriseId, bytes) {
      const key = `${enterpriseId}/${digestOf(bytes)}`
      const target = path(key)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      const draft = `${target}.${randomUUID()}`
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, target)
      return key
    },
    async get(key) {
      const bytes = await readFile(path(key))
      if (!key.endsWith(digestOf(bytes))) throw new Error(`Object ${key} is damaged: its bytes do not match its digest.`)
      return bytes
    },
    async delete(key) {
      await rm(path(key), { force: true })
    },
    async list(enterpriseId) {
      const names = await readdir(join(folder, enterpriseId), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      return names.map((name) => `${enterpriseId}/${name.split(/[\\/]/).at(-1)}`).filter((key) => keyPattern.test(key))
    },
  }
}
