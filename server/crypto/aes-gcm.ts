import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const keyBytes = 32
const tagBytes = 16

/** AES-256-GCM (NIST SP 800-38D) with a random nonce: `nonce.ciphertext.tag`, each in base64url. */
export function encrypt(key: Uint8Array, plain: Uint8Array, associated: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(associated))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return [nonce, body, cipher.getAuthTag()].map((part) => part.toString('base64url')).join('.')
}

/** @throws Error when text or associated data are not what was encrypted, or the key is another */
export function decrypt(key: Uint8Array, text: string, associated: string): Uint8Array {
  const [nonce, body, tag, more] = text.split('.')
  if (!nonce || body === undefined || !tag || more !== undefined) throw new Error('Not a sealed text.')
  const authTag = Buffer.from(tag, 'base64url')
  // A shorter tag would be accepted, and is easier to forge.
  if (authTag.length !== tagBytes) throw new Error('Not a sealed text.')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url')).setAAD(Buffer.from(associated)).setAuthTag(authTag)
  return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()])
}
