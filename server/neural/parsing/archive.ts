import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { ParseError } from './document.ts'

/** What a Word file may unpack to. Real ones of many hundred pages stay far below. */
export const archiveLimits = { entries: 5_000, bytes: 200_000_000, ratio: 200, xmlBytes: 64_000_000 } as const
/** Small files compress well for honest reasons; the ratio counts beyond this. */
const ratioFrom = 1_000_000

const bomb = (detail: string): ParseError => new ParseError('archive_bomb', `The file is an archive that ${detail}.`)

const broken = (cause: unknown): ParseError =>
  cause instanceof ParseError
    ? cause
    : new ParseError('broken_document', `The Word file is damaged: ${cause instanceof Error ? cause.message : 'its archive cannot be read'}.`)

const opened = (bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true, decodeStrings: true }, (error, file) =>
      error ? reject(broken(error)) : resolve(file),
    )
  })

/** Reads the central directory alone. */
function entriesOf(file: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    if (file.entryCount > archiveLimits.entries) {
      reject(bomb(`holds ${file.entryCount} files, more than ${archiveLimits.entries}`))
      return
    }
    file.on('entry', (entry: Entry) => {
      entries.push(entry)
      file.readEntry()
    })
    file.on('end', () => resolve(entries))
    file.on('error', (error) => reject(broken(error)))
    file.readEntry()
  })
}

function inflated(file: ZipFile, entry: Entry, keep: boolean, count: (bytes: number, ofEntry: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (openError, stream) => {
      if (openError) {
        reject(broken(openError))
        return
      }
      const parts: Buffer[] = []
      let length = 0
      stream.on('data', (part: Buffer) => {
        length += part.length
        try {
          count(part.length, length)
        } catch (error) {
          stream.destroy()
          reject(error)
          return
        }
        if (keep) parts.push(part)
      })
      stream.on('error', (error) => reject(broken(error)))
      stream.on('end', () => resolve(Buffer.concat(parts)))
    })
  })
}

/**
 * Unpacks the parts that `wanted` names, after the central directory has passed the limits; the limits hold again for the
 * bytes that really come out of every part, wanted or not, whatever the directory claims.
 * @throws ParseError archive_bomb, encrypted_document, broken_document
 */
export async function unpack(bytes: Uint8Array, wanted: (name: string) => boolean): Promise<Map<string, Buffer>> {
  const file = await opened(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const entries = await entriesOf(file)
  let claimed = 0
  const names = new Set<string>()
  for (const entry of entries) {
    if (entry.isEncrypted()) throw new ParseError('encrypted_document', 'The Word file is encrypted. Remove its password and give it again.')
    claimed += entry.uncompressedSize
    if (claimed > archiveLimits.bytes) throw bomb(`unpacks to more than ${archiveLimits.bytes / 1_000_000} MB`)
    if (entry.uncompressedSize > ratioFrom && entry.uncompressedSize > entry.compressedSize * archiveLimits.ratio)
      throw bomb(`blows one part up more than ${archiveLimits.ratio} times`)
    if (names.has(entry.fileName)) throw new ParseError('broken_document', `The Word file holds the part ${entry.fileName} twice.`)
    names.add(entry.fileName)
  }
  if (claimed > ratioFrom && claimed > bytes.length * archiveLimits.ratio) throw bomb(`blows up more than ${archiveLimits.ratio} times`)
  const parts = new Map<string, Buffer>()
  let total = 0
  let kept = 0
  for (const entry of entries) {
    if (entry.fileName.endsWith('/')) continue
    const keep = wanted(entry.fileName)
    const part = await inflated(file, entry, keep, (more, ofEntry) => {
      total += more
      if (total > archiveLimits.bytes) throw bomb(`unpacks to more than ${archiveLimits.bytes / 1_000_000} MB`)
      if (ofEntry > ratioFrom && ofEntry > entry.compressedSize * archiveLimits.ratio)
        throw bomb(`blows one part up more than ${archiveLimits.ratio} times`)
      if (keep) kept += more
      if (kept > archiveLimits.xmlBytes)
        throw new ParseError('too_large', `The Word file's text parts are over ${archiveLimits.xmlBytes / 1_000_000} MB.`)
    })
    if (keep) parts.set(entry.fileName, part)
  }
  return parts
}

const header = (signature: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32LE(signature, 0)
  return bytes
}

/** The parts as a ZIP without compression: readers of it meet nothing that has not been checked (APPNOTE 4.3; CRCs left 0). */
export function packed(parts: Map<string, Buffer>): Buffer {
  const local: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  let directorySize = 0
  for (const [name, data] of parts) {
    const nameBytes = Buffer.from(name, 'utf8')
    const head = header(0x04034b50, 30)
    const entry = header(0x02014b50, 46)
    for (const [bytes, at] of [
      [head, 4],
      [entry, 6],
    ] as const) {
      bytes.writeUInt16LE(20, at)
      bytes.writeUInt16LE(0x0800, at + 2)
      bytes.writeUInt32LE(data.length, at + 14)
      bytes.writeUInt32LE(data.length, at + 18)
      bytes.writeUInt16LE(nameBytes.length, at + 22)
    }
    entry.writeUInt16LE(20, 4)
    entry.writeUInt32LE(offset, 42)
    local.push(head, nameBytes, data)
    directory.push(entry, nameBytes)
    offset += head.length + nameBytes.length + data.length
    directorySize += entry.length + nameBytes.length
  }
  const end = header(0x06054b50, 22)
  end.writeUInt16LE(parts.size, 8)
  end.writeUInt16LE(parts.size, 10)
  end.writeUInt32LE(directorySize, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, ...directory, end])
}
