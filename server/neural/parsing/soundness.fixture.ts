import { expect } from 'vitest'
import { type ParsedDocument, ParseError } from './document.ts'
import { type ParseInput, parseDocument } from './parse.ts'

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Parses a document given as bytes or text; what is not said is null. */
export const parseGiven = (bytes: Uint8Array | string, given: Partial<ParseInput> = {}): Promise<ParsedDocument> =>
  parseDocument({
    bytes: typeof bytes === 'string' ? bytesOf(bytes) : bytes,
    fileName: null,
    contentType: null,
    title: null,
    address: null,
    ...given,
  })

/** The code and words of the ParseError that a document causes; anything else fails the test. */
export async function refusal(bytes: Uint8Array | string, given: Partial<ParseInput> = {}): Promise<{ code: string; detail: string }> {
  try {
    await parseGiven(bytes, given)
  } catch (error) {
    if (error instanceof ParseError) return { code: error.code, detail: error.detail }
    throw error
  }
  throw new Error('the document was taken')
}

export const textOf = (document: ParsedDocument, index: number): string => {
  const segment = document.segments[index]
  if (!segment) throw new Error(`there is no segment ${index}`)
  return document.text.slice(segment.start, segment.end)
}

const broken = /\p{Cs}|\0/u

/** What holds for every parsed document, whatever its format. */
export function expectSound(document: ParsedDocument, most = 4_000): void {
  expect(document.title.trim()).not.toBe('')
  expect(document.segments.length).toBeGreaterThan(0)
  expect(document.text.includes('\0')).toBe(false)
  const lead = document.segments[0]!
  expect(lead.parent).toBeNull()
  const addresses = document.segments.flatMap((segment) => segment.address ?? [])
  expect(new Set(addresses).size).toBe(addresses.length)
  const faults: string[] = []
  for (const [index, segment] of document.segments.entries()) {
    const text = document.text.slice(segment.start, segment.end)
    const within = Number.isInteger(segment.start) && Number.isInteger(segment.end) && segment.start >= 0 && segment.end <= document.text.length
    const targets = segment.links.map((link) => `${link.kind} ${link.target}`)
    if (!within) faults.push(`segment ${index} lies outside of the text`)
    if (text === '' || text.trim() !== text) faults.push(`segment ${index} is empty or not trimmed`)
    if (broken.test(text + segment.title + (segment.name ?? '') + segment.headingPath.join('')))
      faults.push(`segment ${index} holds half a surrogate pair or a NUL`)
    if (segment.kind !== 'control' && text.length > most) faults.push(`segment ${index} has ${text.length} characters`)
    if (segment.parent !== null && !(segment.parent >= 0 && segment.parent < index)) faults.push(`segment ${index} has the parent ${segment.parent}`)
    if (segment.title === '') faults.push(`segment ${index} has no title`)
    if (new Set(targets).size !== targets.length) faults.push(`segment ${index} repeats a link`)
  }
  expect(faults).toEqual([])
}
