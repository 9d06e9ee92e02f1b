import { createHash } from 'node:crypto'

const keyPattern = /^([0-9a-f-]{36})\/([0-9a-f]{64})$/

export const isKey = (text: string): boolean => keyPattern.test(text)

export const keyOf = (enterpriseId: string, bytes: Uint8Array): string => `${enterpriseId}/${createHash('sha256').update(bytes).digest('hex')}`

/** The parts of a key, which hold no path characters. @throws Error when it is none */
export function partsOf(key: string): { enterpriseId: string; digest: string } {
  const [, enterpriseId, digest] = keyPattern.exec(key) ?? []
  if (!enterpriseId || !digest) throw new Error(`Not an object key: ${JSON.stringify(key)}`)
  return { enterpriseId, digest }
}

/** The bytes, when they are what the key says. */
export function verified(key: string, bytes: Uint8Array): Uint8Array {
  if (keyOf(partsOf(key).enterpriseId, bytes) !== key) throw damaged(key)
  return bytes
}

export const damaged = (key: string, cause?: unknown): Error =>
  new Error(`Object ${key} is damaged: its bytes do not match its digest.`, cause === undefined ? {} : { cause })
