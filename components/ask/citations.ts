import type { Citation, StoredResult } from '@/components/api/types'

export type AnswerPart = { kind: 'text'; text: string } | { kind: 'cite'; n: number }

/**
 * Cuts an answer at its citation marks: `[1]`, `[1][2]`, `[1, 2]`. Only numbers in `known` become marks; other brackets,
 * such as `array[3]` quoted from a source, stay text. Joined again, the parts give the same words.
 */
export function parseAnswer(answer: string, known: ReadonlySet<number>): AnswerPart[] {
  const parts: AnswerPart[] = []
  let text = ''
  let at = 0
  const flush = () => {
    if (text) parts.push({ kind: 'text', text })
    text = ''
  }
  for (const match of answer.matchAll(/\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]/g)) {
    const numbers = (match[1] ?? '').split(',').map(Number)
    text += answer.slice(at, match.index)
    at = match.index + match[0].length
    if (numbers.every((n) => known.has(n))) {
      // The space before a mark belongs to nobody: the mark stands close to its word.
      text = text.replace(/[ \u00a0]+$/, '')
      flush()
      for (const n of numbers) parts.push({ kind: 'cite', n })
    } else text += match[0]
  }
  text += answer.slice(at)
  flush()
  return parts
}

/** The source page, scrolled to the exact words. */
export const citationHref = ({ source_id, start, end }: Pick<Citation, 'source_id' | 'start' | 'end'>) =>
  `/knowledge/sources/${source_id}?start=${start}&end=${end}`

/** Question, answer and numbered sources as plain text that survives a mail or a document. `origin` without a final slash. */
export function copyText(result: Pick<StoredResult, 'question' | 'answer' | 'citations' | 'not_found'>, origin: string): string {
  const lines = [result.question, '', result.answer]
  if (result.not_found.length > 0) lines.push('', `Not found: ${result.not_found.join('; ')}`)
  if (result.citations.length > 0) {
    lines.push('', 'Sources')
    for (const citation of result.citations)
      lines.push(`[${citation.n}] ${citation.title}: “${citation.quote.replace(/\s+/g, ' ').trim()}” ${origin}${citationHref(citation)}`)
  }
  return lines.join('\n')
}
