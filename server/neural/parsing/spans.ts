/** [start, end) in a text, UTF-16 code units. */
export interface Span {
  start: number
  end: number
}

const isSpace = (code: number): boolean =>
  code === 32 ||
  (code >= 9 && code <= 13) ||
  code === 0xa0 ||
  code === 0xfeff ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000

/** The span without white space at its ends, as String.trim sees it; null when nothing is left. */
export function trimmed(text: string, start: number, end: number): Span | null {
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return start < end ? { start, end } : null
}

/** A cut never falls between the halves of a surrogate pair. */
const safeCut = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff && at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at
}

const endsSentence = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at - 1)
  if (code === 0x3002 || code === 0xff01 || code === 0xff1f) return true
  if (!isSpace(text.charCodeAt(at))) return false
  const closing = code === 34 || code === 39 || code === 41 || code === 93 || code === 0x201d || code === 0x2019
  const mark = closing ? text.charCodeAt(at - 2) : code
  return mark === 46 || mark === 33 || mark === 63 || mark === 0x2026
}

/** Where to cut a text that is too long: the last sentence end, line end or space in [from, to], else exactly at `to`. */
function cutBetween(text: string, from: number, to: number, lines: boolean): number {
  let line = -1
  let space = -1
  for (let at = to; at > from; at--) {
    if (!lines && endsSentence(text, at)) return at
    const code = text.charCodeAt(at)
    if (line < 0 && code === 10) {
      if (lines) return at
      line = at
    }
    if (space < 0 && isSpace(code)) space = at
  }
  return line > 0 ? line : space > 0 ? space : safeCut(text, to)
}

/**
 * Cuts a long span into trimmed pieces of about `about` code units, none over `most`: at sentence ends, or at line ends when
 * `lines` is set (code, tables). A span of at most `whole` stays in one piece.
 */
export function pieces(text: string, span: Span, about: number, whole: number, most: number, lines = false): Span[] {
  const result: Span[] = []
  let { start } = span
  while (start < span.end) {
    const left = span.end - start
    let end = span.end
    if (left > whole) {
      end = cutBetween(text, start + (about >> 1), Math.min(start + about + (about >> 1), span.end - 1), lines)
      if (end - start > most) end = safeCut(text, start + most)
      if (end <= start) end = Math.min(span.end, start + most)
    }
    const piece = trimmed(text, start, end)
    if (piece) result.push(piece)
    start = end
  }
  return result
}
