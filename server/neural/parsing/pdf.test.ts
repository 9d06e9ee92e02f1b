import { deflateSync } from 'node:zlib'
import PDFDocument from 'pdfkit'
import { describe, expect, it, vi } from 'vitest'
import { refuseInflatedBombs } from './pdf-streams.ts'
import { expectSound, parseGiven, refusal } from './soundness.fixture.ts'

const fixed = { CreationDate: new Date(0), ModDate: new Date(0) }

function pdf(write: (document: PDFKit.PDFDocument) => void, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const document = new PDFDocument({ ...options, info: { ...fixed, ...options.info } })
    const parts: Buffer[] = []
    document.on('data', (part: Buffer) => parts.push(part))
    document.on('end', () => resolve(Buffer.concat(parts)))
    document.on('error', reject)
    write(document)
    document.end()
  })
}

const words = (count: number, from = 0): string => Array.from({ length: count }, (_, index) => `word${from + index}`).join(' ')

describe('PDF', () => {
  it('becomes paragraphs and headings, without a word on the console', async () => {
    const spies = (['log', 'warn', 'error', 'info'] as const).map((name) => vi.spyOn(console, name))
    const bytes = await pdf((document) => {
      document.fontSize(24).text('Travel policy').fontSize(11).moveDown().text(words(60)).moveDown().text('Second paragraph.')
      document.moveDown().fontSize(16).text('Limits').fontSize(11).moveDown().text('At most 120 Euro a night.')
    })
    const document = await parseGiven(bytes, { fileName: 'x.pdf' })
    expectSound(document)
    expect(document.text).toBe(`Travel policy\n\n${words(60)}\n\nSecond paragraph.\n\nLimits\n\nAt most 120 Euro a night.`)
    expect(document).toMatchObject({ title: 'Travel policy', contentType: 'application/pdf' })
    expect(document.segments.map((segment) => segment.name)).toEqual(['Travel policy', 'Limits'])
    expect(await parseGiven(bytes, { fileName: 'x.pdf' })).toEqual(document)
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })

  it('leaves running heads and page numbers out and joins a paragraph over pages', async () => {
    const bytes = await pdf(
      (document) => {
        for (let page = 1; page <= 4; page++) {
          if (page > 1) document.addPage()
          document.fontSize(9).text('ACME handbook', 72, 30, { lineBreak: false })
          document.fontSize(11).text(words(30, page * 100), 72, 100)
          document.fontSize(9).text(`Page ${page}`, 72, 700, { lineBreak: false })
        }
      },
      { autoFirstPage: true },
    )
    const document = await parseGiven(bytes)
    expectSound(document)
    expect(document.text).not.toMatch(/ACME|Page \d/u)
    expect(document.text).toContain('word129 word200')
  })

  it('takes a sensible title from metadata', async () => {
    const text = (document: PDFKit.PDFDocument): unknown => document.text('Only text here.')
    expect((await parseGiven(await pdf(text, { info: { Title: 'Yearly report' } }), { fileName: 'a.pdf' })).title).toBe('Yearly report')
    expect((await parseGiven(await pdf(text, { info: { Title: 'Microsoft Word - draft.docx' } }), { fileName: 'minutes.pdf' })).title).toBe('minutes')
  })

  it('is refused when it is encrypted', async () => {
    const bytes = await pdf((document) => document.text('secret'), { userPassword: 'open', ownerPassword: 'own', pdfVersion: '1.7' })
    expect(await refusal(bytes)).toMatchObject({ code: 'encrypted_document', detail: expect.stringContaining('password') })
  })

  it('is refused when it is damaged', async () => {
    const bytes = await pdf((document) => document.text('text'))
    expect((await refusal(bytes.subarray(0, 200))).code).toBe('broken_document')
    expect((await refusal(Buffer.from('%PDF-1.7\nnothing of a PDF'))).code).toBe('broken_document')
  })

  it('is refused when it is a scan', async () => {
    const bytes = await pdf((document) => {
      document.rect(10, 10, 100, 100).fill('red')
      document.addPage()
    })
    expect(await refusal(bytes)).toMatchObject({
      code: 'empty_document',
      detail: expect.stringMatching(/2 pages but no text: it seems to be a scan/u),
    })
  })

  it('is refused when a stream unpacks without bounds', () => {
    const stream = deflateSync(Buffer.alloc(220_000_000))
    const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n1 0 obj <</Filter /FlateDecode>>\nstream\n'), stream, Buffer.from('\nendstream\nendobj\n')])
    expect(() => refuseInflatedBombs(bytes)).toThrow(/more than 200 MB/u)
    refuseInflatedBombs(
      Buffer.concat([
        Buffer.from('%PDF-1.4\n1 0 obj <</Filter /FlateDecode>>\nstream\n'),
        deflateSync(Buffer.alloc(1_000)),
        Buffer.from('\nendstream'),
      ]),
    )
  })
})
