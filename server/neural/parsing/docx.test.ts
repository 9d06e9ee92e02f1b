import { deflateRawSync } from 'node:zlib'
import { Document, ExternalHyperlink, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow, TextRun } from 'docx'
import { beforeAll, describe, expect, it } from 'vitest'
import { archiveLimits, packed, unpack } from './archive.ts'
import { expectSound, parseGiven, refusal } from './soundness.fixture.ts'

const cell = (text: string): TableCell => new TableCell({ children: [new Paragraph(text)] })

let word: Buffer

beforeAll(async () => {
  word = await Packer.toBuffer(
    new Document({
      title: 'Travel policy',
      sections: [
        {
          children: [
            new Paragraph({ text: 'Before you go', heading: HeadingLevel.HEADING_1 }),
            new Paragraph({
              children: [
                new TextRun('Ask '),
                new ExternalHyperlink({ link: 'https://example.com/travel', children: [new TextRun('the desk')] }),
                new TextRun(' & wait.'),
              ],
            }),
            new Paragraph({ text: 'Limits', heading: HeadingLevel.HEADING_2 }),
            new Table({ rows: [new TableRow({ children: [cell('City'), cell('Euro')] }), new TableRow({ children: [cell('Bern'), cell('120')] })] }),
          ],
        },
      ],
    }),
  )
})

interface Part {
  name: string
  data: Buffer
  /** What the directory claims, when it lies. */
  claims?: number
  flags?: number
}

/** A ZIP made by hand, so that it can lie. */
function zip(parts: Part[]): Buffer {
  const local: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data, claims, flags = 0 } of parts) {
    const compressed = deflateRawSync(data)
    const head = Buffer.alloc(30)
    const entry = Buffer.alloc(46)
    head.writeUInt32LE(0x04034b50, 0)
    entry.writeUInt32LE(0x02014b50, 0)
    for (const [bytes, at] of [
      [head, 4],
      [entry, 6],
    ] as const) {
      bytes.writeUInt16LE(20, at)
      bytes.writeUInt16LE(flags, at + 2)
      bytes.writeUInt16LE(8, at + 4)
      bytes.writeUInt32LE(compressed.length, at + 14)
      bytes.writeUInt32LE(claims ?? data.length, at + 18)
      bytes.writeUInt16LE(name.length, at + 22)
    }
    entry.writeUInt32LE(offset, 42)
    local.push(head, Buffer.from(name), compressed)
    directory.push(entry, Buffer.from(name))
    offset += head.length + name.length + compressed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, ...directory, end])
}

const part = (name: string, data: Buffer | string): Part => ({ name, data: Buffer.from(data) })
const docx = { fileName: 'a.docx' }
const wordParts = (document: string | Buffer): Part[] => [part('[Content_Types].xml', '<Types/>'), part('word/document.xml', document)]

describe('Word documents', () => {
  it('become readable text with headings, tables and links', async () => {
    const document = await parseGiven(word, { fileName: 'x.docx' })
    expectSound(document)
    expect(document.text).toBe('Before you go\n\nAsk the desk & wait.\n\nLimits\n\nCity | Euro\nBern | 120')
    expect(document.title).toBe('Before you go')
    expect(document.segments.map((segment) => segment.name)).toEqual(['Before you go', 'Limits'])
    expect(document.segments[0]!.links).toEqual([{ kind: 'references', target: 'https://example.com/travel', label: 'the desk' }])
    expect(await parseGiven(word, { fileName: 'x.docx' })).toEqual(document)
  })

  it('are found by their content and take the title of their metadata when they have no heading', async () => {
    const plain = await Packer.toBuffer(new Document({ title: 'Travel & more', sections: [{ children: [new Paragraph('Only text.')] }] }))
    expect(await parseGiven(plain)).toMatchObject({
      title: 'Travel & more',
      contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    })
  })

  it('are refused when they are damaged', async () => {
    expect((await refusal(word.subarray(0, word.length - 100), docx)).code).toBe('broken_document')
    expect((await refusal(zip(wordParts('<w:document>')), docx)).code).toBe('broken_document')
    const spoilt = Buffer.from(word)
    spoilt.fill(0x55, 60, 400)
    expect((await refusal(spoilt, docx)).code).toBe('broken_document')
  })

  it('are refused when they are encrypted', async () => {
    const ole = Buffer.concat([
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
      Buffer.alloc(600),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ])
    expect((await refusal(ole, docx)).code).toBe('encrypted_document')
    expect((await refusal(zip(wordParts('<x/>').map((one) => ({ ...one, flags: 1 }))), docx)).code).toBe('encrypted_document')
  })

  it('are refused when the archive is no Word document', async () => {
    expect(await refusal(zip([part('a.txt', 'x')]), { fileName: 'a.zip' })).toMatchObject({ code: 'unsupported_type' })
    expect(await refusal(zip([part('[Content_Types].xml', '<x/>'), part('xl/workbook.xml', '<x/>')]))).toMatchObject({
      code: 'unsupported_type',
      detail: expect.stringContaining('Excel'),
    })
    expect(await refusal(zip([part('a.xml', '<x/>')]), docx)).toMatchObject({ code: 'unsupported_type' })
  })

  it('are refused when they declare entities', async () => {
    const bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document>&b;</w:document>'
    expect(await refusal(zip(wordParts(bomb)), docx)).toMatchObject({ code: 'broken_document', detail: expect.stringContaining('entities') })
  })

  it('are refused as bombs by what their directory says', async () => {
    const claims = { ...part('word/a.xml', 'x'), claims: archiveLimits.bytes + 1 }
    expect(await refusal(zip([...wordParts('<x/>'), claims]), docx)).toMatchObject({
      code: 'archive_bomb',
      detail: expect.stringContaining('200 MB'),
    })
    expect(await refusal(zip([...wordParts('<x/>'), part('word/a.bin', Buffer.alloc(5_000_000))]), docx)).toMatchObject({
      code: 'archive_bomb',
      detail: expect.stringContaining('200 times'),
    })
    const many = Array.from({ length: archiveLimits.entries + 1 }, (_, index) => part(`word/${index}.xml`, 'x'))
    expect(await refusal(zip(many), docx)).toMatchObject({ code: 'archive_bomb', detail: expect.stringContaining('more than 5000') })
  })

  it('are refused as bombs or damaged when the directory lies about sizes', async () => {
    const lying = { ...part('word/a.bin', Buffer.alloc(5_000_000)), claims: 100 }
    await expect(unpack(zip([...wordParts('<x/>'), lying]), () => false)).rejects.toThrow(/too many bytes|200 times/u)
  })

  it('reach the reader of Word files only in parts that were checked', async () => {
    const parts = new Map([
      ['a/b.xml', Buffer.from('one')],
      ['c.xml', Buffer.alloc(0)],
    ])
    expect(await unpack(packed(parts), () => true)).toEqual(parts)
    expect([...(await unpack(word, (name) => name === 'word/document.xml')).keys()]).toEqual(['word/document.xml'])
  })
})
