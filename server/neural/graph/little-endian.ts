import { endianness } from 'node:os'

const bigEndian = endianness() === 'BE'

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array

/** The numbers as bytes, little-endian whatever the machine. They may be those of the column itself. */
export function littleEndian(column: Column): Buffer {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength)
  return bigEndian ? swapped(bytes, column.BYTES_PER_ELEMENT) : bytes
}

export const base64Of = (column: Column): string => littleEndian(column).toString('base64')

/** Numbers of four bytes, little-endian, as this machine writes them, in a buffer of their own. */
export function fourByteNumbers(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bigEndian ? swapped(Buffer.from(bytes), 4) : bytes).buffer
}

function swapped(bytes: Buffer, size: number): Buffer {
  const copy = Buffer.from(bytes)
  return size === 2 ? copy.swap16() : size === 4 ? copy.swap32() : size === 8 ? copy.swap64() : copy
}
