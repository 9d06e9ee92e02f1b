import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { ParseError } from './document.ts'
import { sensibleTitle } from './docx.ts'
import { type DocumentContext, documentTitle, fileStem, oneLine } from './naming.ts'
import { layOut, type PdfLine } from './pdf-layout.ts'
import { refuseInflatedBombs } from './pdf-streams.ts'
import type { Parsed } from './plain.ts'
import { segmentsOf } from './sections.ts'

const mostPages = 5_000
const mostCharacters = 20_000_000

type PdfJs = typeof import('pdfjs-dist/legacy/build/pdf.mjs')

/** pdf.js asks for drawing classes when it loads; text needs none of them to work. */
function stubDrawing(): void {
  const scope = globalThis as unknown as Record<string, unknown>
  for (const name of ['DOMMatrix', 'ImageData', 'Path2D']) scope[name] ??= class {}
}

let loading: Promise<PdfJs> | null = null

async function load(): Promise<PdfJs> {
  stubDrawing()
  // pdf.js says at load time that it found no canvas, before its verbosity can be set.
  const warn = console.warn
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('@napi-rs/canvas')) warn(...words)
  }
  try {
    // With the worker's module loaded, pdf.js runs it in this thread and looks for no file at run time.
    const worker = 'pdfjs-dist/legacy/build/pdf.worker.mjs'
    if (!('pdfjsWorker' in globalThis)) await import('pdfjs-dist/legacy/build/pdf.worker.mjs' as typeof worker)
    return await import('pdfjs-dist/legacy/build/pdf.mjs')
  } finally {
    console.warn = warn
  }
}

/** Where pdf.js keeps the character maps of East Asian fonts and the standard fonts, when they are installed. */
function resources(): { cMapUrl?: string; cMapPacked?: boolean; standardFontDataUrl?: string } {
  try {
    const folder = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('pdfjs-dist/package.json'))
    if (!existsSync(join(folder, 'cmaps'))) return {}
    return { cMapUrl: join(folder, 'cmaps') + sep, cMapPacked: true, standardFontDataUrl: join(folder, 'standard_fonts') + sep }
  } catch {
    return {}
  }
}

function explained(error: unknown): ParseError {
  if (error instanceof ParseError) return error
  const name = error instanceof Error ? error.name : ''
  if (name === 'PasswordException') return new ParseError('encrypted_document', 'The PDF is encrypted. Remove its password and give it again.')
  return new ParseError('broken_document', `The PDF is damaged: ${error instanceof Error ? oneLine(error.message, 200) : 'it cannot be read'}`)
}

/** A PDF's text in reading order as its producer wrote it: paragraphs from line gaps, headings from larger type. */
export async function parsePdf(bytes: Uint8Array, context: DocumentContext): Promise<Parsed> {
  refuseInflatedBombs(bytes)
  loading ??= load()
  const pdfjs = await loading
  // pdf.js takes the buffer over, so it gets a copy.
  const task = pdfjs.getDocument({
    data: new Uint8Array(bytes),
    verbosity: 0,
    isEvalSupported: false,
    useSystemFonts: false,
    disableFontFace: true,
    useWorkerFetch: false,
    stopAtErrors: false,
    ...resources(),
  })
  try {
    const pdf = await task.promise
    if (pdf.numPages > mostPages) throw new ParseError('too_large', `The PDF has ${pdf.numPages} pages, more than ${mostPages}.`)
    const pages: PdfLine[][] = []
    let characters = 0
    for (let number = 1; number <= pdf.numPages; number++) {
      const page = await pdf.getPage(number)
      const content = await page.getTextContent()
      const lines: PdfLine[] = []
      let open: PdfLine | null = null
      for (const item of content.items) {
        if (!('str' in item)) continue
        const [, , , scale = 0, x = 0, y = 0] = item.transform as number[]
        const size = item.height || Math.abs(scale)
        characters += item.str.length
        if (characters > mostCharacters)
          throw new ParseError('too_large', `The PDF holds more than ${mostCharacters / 1_000_000} million characters.`)
        if (item.str !== '') {
          const gap: number = open ? x - open.right : 0
          // Same line: the same base line, and not to the left of what is there (a new column).
          if (open && Math.abs(open.y - y) < Math.max(size, open.size) * 0.5 && gap > -size * 2) {
            const spaced = gap > size * 0.2 && !/\s$/u.test(open.text) && !/^\s/u.test(item.str)
            open.text += (spaced ? ' ' : '') + item.str
            open.right = x + item.width
            if (item.str.trim() !== '') open.size = Math.max(open.size, size)
          } else {
            open = { text: item.str, x, y, right: x + item.width, size: item.str.trim() === '' ? 0 : size }
            lines.push(open)
          }
        }
        if (item.hasEOL) open = null
      }
      pages.push(lines)
      page.cleanup()
      // pdf.js goes on in microtasks: without this, nothing else would run until the last page.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const out = layOut(pages)
    if (out.characters === 0)
      throw new ParseError(
        'empty_document',
        `The PDF has ${pdf.numPages} ${pdf.numPages === 1 ? 'page' : 'pages'} but no text: it seems to be a scan. Run text recognition (OCR) over it and give it again.`,
      )
    const metadata = await pdf.getMetadata().catch(() => null)
    const info = metadata?.info as { Title?: unknown } | undefined
    const text = out.toString()
    const firstHeading = out.blocks.find(
      (block) => block.kind === 'heading' && block.depth === 1 && text.slice(0, block.start).length < 2_000,
    )?.heading
    const title = documentTitle(
      [context.title, typeof info?.Title === 'string' ? sensibleTitle(info.Title) : null, firstHeading, fileStem(context.fileName)],
      text,
    )
    return { title, text, tags: [], segments: segmentsOf(text, out.blocks, [], title, context.address) }
  } catch (error) {
    throw explained(error)
  } finally {
    await task.destroy()
  }
}
