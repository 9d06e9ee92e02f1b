import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { decrypt, encrypt, keyBytes } from './aes-gcm.ts'
import type { KeyManagement } from './key-management.ts'

const fileOf = (folder: string, version: number) => join(folder, version === 1 ? 'installation.key' : `key-encryption-${version}.key`)

/**
 * Key-encryption keys as files of mode 0600 in `folder`. Version 1 is the first half of `installation.key`, whose second half is where
 * the installation's other secrets come from; so that file is never destroyed.
 */
export function keyFiles(folder: string): KeyManagement & { installation: Uint8Array } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(fileOf(folder, 1))) createFile(fileOf(folder, 1), 2 * keyBytes)
  const installation = readKeyFile(fileOf(folder, 1), 2 * keyBytes)
  const versions = (): number[] => [
    1,
    ...readdirSync(folder).flatMap((name) => Number(/^key-encryption-([1-9]\d{0,8})\.key$/.exec(name)?.[1] ?? Number.NaN) || []),
  ]
  const newest = () => Math.max(...versions())
  const keyOf = (version: number) => (version === 1 ? installation.subarray(0, keyBytes) : readKeyFile(fileOf(folder, version), keyBytes))
  const associated = (context: string, version: number) => `${context}/key-encryption-${version}`
  return {
    adapter: 'files',
    installation,
    async wrap(key, context) {
      const version = newest()
      return { wrapped: encrypt(keyOf(version), key, associated(context, version)), version }
    },
    unwrap: async (wrapped, version, context) => decrypt(keyOf(version), wrapped, associated(context, version)),
    async rotate() {
      const version = newest() + 1
      createFile(fileOf(folder, version), keyBytes)
      return version
    },
    async forgetAllBut(used) {
      const keep = new Set([1, newest(), ...used])
      for (const version of versions()) if (!keep.has(version)) unlinkSync(fileOf(folder, version))
    },
  }
}

function readKeyFile(file: string, length: number): Uint8Array {
  const material = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (material.length !== length) throw new Error(`The key file ${file} is damaged: it must hold ${length} bytes in base64.`)
  return material
}

/** Written under another name and linked into place, so that no start ever reads half a key. The first of several makers wins. */
function createFile(file: string, length: number): void {
  const draft = `${file}.${process.pid}`
  const descriptor = openSync(draft, 'wx', 0o600)
  writeSync(descriptor, randomBytes(length).toString('base64'))
  closeSync(descriptor)
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}
