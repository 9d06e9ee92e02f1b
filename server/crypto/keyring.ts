import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, existsSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Seals small secrets at rest. `context` (table, row, column) is authenticated: a sealed text moved elsewhere does not open. */
export interface Keyring {
  seal(plain: Uint8Array, context: string): string
  /** @throws Error when the text was altered, moved or sealed by another key */
  open(sealed: string, context: string): Uint8Array
  /** A secret of this installation, derived for one purpose (HKDF-like use of the key file's second half). */
  secret(name: 'browser-session'): string
}

const keyBytes = 32

/** Reads the key-encryption key of this installation, or makes it on the first start (mode 0600). */
export function openKeyring(folder: string): Keyring {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'installation.key')
  if (!existsSync(file)) createKeyFile(file)
  const material = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (material.length !== 2 * keyBytes) throw new Error(`The key file ${file} is damaged: it must hold ${2 * keyBytes} bytes in base64.`)
  const key = material.subarray(0, keyBytes)
  return {
    seal(plain, context) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return ['v1', nonce.toString('base64url'), body.toString('base64url'), cipher.getAuthTag().toString('base64url')].join('.')
    },
    open(sealed, context) {
      const [version, nonce, body, tag] = sealed.split('.')
      if (version !== 'v1' || !nonce || body === undefined || !tag) throw new Error('Not a sealed secret.')
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url')).setAAD(Buffer.from(context))
      decipher.setAuthTag(Buffer.from(tag, 'base64url'))
      return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()])
    },
    secret: (name) => `${name}.${material.subarray(keyBytes).toString('base64url')}`,
  }
}

/** Written under another name and linked into place, so that no start ever reads half a key. */
function createKeyFile(file: string): void {
  const draft = `${file}.${process.pid}`
  const descriptor = openSync(draft, 'wx', 0o600)
  writeSync(descriptor, randomBytes(2 * keyBytes).toString('base64'))
  closeSync(descriptor)
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
}
