import { createHash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const secretLength = 32
const checksumLength = 6
const shape = new RegExp(`^aia_live_[0-9A-Za-z]{${secretLength + checksumLength}}$`)

/** CRC-32 in six base62 digits: 62^6 is more than 2^32. */
function checksum(text: string): string {
  let rest = crc32(text)
  let encoded = ''
  for (let i = 0; i < checksumLength; i++) {
    encoded = digits[rest % 62] + encoded
    rest = Math.floor(rest / 62)
  }
  return encoded
}

/** A new key: a prefix that secret scanners know, 190 random bits, and a checksum. */
export function newApiKey(): string {
  const body = `aia_live_${Array.from({ length: secretLength }, () => digits[randomInt(62)]).join('')}`
  return body + checksum(body)
}

/** Whether a text can be a key at all: one that was typed wrong or cut off is refused without a look-up. */
export const isApiKey = (text: string): boolean => shape.test(text) && checksum(text.slice(0, -checksumLength)) === text.slice(-checksumLength)

export const looksLikeApiKey = (text: string): boolean => text.startsWith('aia_live_')

/** Enough of a key to tell it from others. */
export const startOf = (key: string): string => key.slice(0, 13)

/** SHA-256 is enough for 190 random bits: there is nothing to guess. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex')
