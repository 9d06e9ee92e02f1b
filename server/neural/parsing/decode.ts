import { ParseError } from './document.ts'

const starts = (bytes: Uint8Array, ...head: number[]): boolean => head.every((byte, index) => bytes[index] === byte)

/**
 * The text of bytes in UTF-8, or in UTF-16 when a byte order mark says so; the mark itself goes.
 * @throws ParseError invalid_encoding, naming the line
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = starts(bytes, 0xff, 0xfe) ? 'utf-16le' : starts(bytes, 0xfe, 0xff) ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    const lossy = new TextDecoder(encoding).decode(bytes)
    const line = lossy.slice(0, Math.max(lossy.indexOf('\ufffd'), 0)).split('\n').length
    throw new ParseError(
      'invalid_encoding',
      `The text is not valid ${encoding.toUpperCase()} (near line ${line}). Save it as UTF-8 and give it again.`,
    )
  }
}
