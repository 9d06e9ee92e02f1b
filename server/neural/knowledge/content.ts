import { createHash } from 'node:crypto'

/** A text as its identity sees it: NFC, runs of white space one space, trimmed. '' when nothing can be read. */
export const normalise = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

/** SHA-256 (hex) of a normalised text: the same knowledge has the same hash wherever it stands. */
export const contentHash = (normalised: string): string => createHash('sha256').update(normalised, 'utf8').digest('hex')

/** Compares by UTF-16 code units: the same on every machine, whatever its locale. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** JSON with sorted keys, so that equal values have equal strings. */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => byCodeUnits(a, b))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${stableJson(item)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

/** A 53-bit hash as a number in (0, 1): FNV-1a over UTF-16 code units in two lanes, each mixed by MurmurHash3's finaliser. */
export function unitHash(key: string): number {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x01000193)
    b = Math.imul(b ^ unit, 0x01000193) ^ (b >>> 15)
  }
  const high = mix(a ^ (b >>> 7)) >>> 6
  const low = mix(b ^ key.length) >>> 5
  return (high * 134_217_728 + low + 1) / 9_007_199_254_740_994
}

function mix(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
