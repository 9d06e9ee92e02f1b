import { inflateSync } from 'node:zlib'
import { ParseError } from './document.ts'

const mostInflated = 200_000_000
const mostTogether = 1_000_000_000
/** Compressed streams of up to this size cannot blow up past the limit: deflate reaches a ratio of 1,032 at most. */
const harmless = Math.floor(mostInflated / 1_040)

/**
 * pdf.js inflates streams without bounds, so a small file could fill the memory. Every stream that could is inflated here
 * first, with a bound; pictures are left out, since reading text does not unpack them.
 * @throws ParseError archive_bomb
 */
export function refuseInflatedBombs(input: Uint8Array): void {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  let together = 0
  for (let at = bytes.indexOf('stream'); at >= 0; at = bytes.indexOf('stream', at + 6)) {
    if (bytes.subarray(at - 3, at).toString('latin1') === 'end') continue
    let start = at + 6
    if (bytes[start] === 13) start++
    if (bytes[start] === 10) start++
    if ((bytes[start]! & 0x0f) !== 8 || ((bytes[start]! << 8) | bytes[start + 1]!) % 31 !== 0) continue
    const end = bytes.indexOf('endstream', start)
    const length = (end < 0 ? bytes.length : end) - start
    const dictionary = bytes.subarray(Math.max(0, at - 1_000), at).toString('latin1')
    if (dictionary.slice(dictionary.lastIndexOf(' obj')).includes('/Image')) continue
    if (length <= harmless && together + length * 1_040 <= mostTogether) {
      together += length
      continue
    }
    try {
      together += inflateSync(bytes.subarray(start, start + length), { maxOutputLength: mostInflated }).length
    } catch (error) {
      if (error instanceof RangeError)
        throw new ParseError('archive_bomb', `The PDF holds a stream that unpacks to more than ${mostInflated / 1_000_000} MB.`)
    }
    if (together > mostTogether) throw new ParseError('archive_bomb', `The PDF's streams unpack to more than ${mostTogether / 1_000_000} MB.`)
  }
}
