export type Span = { start: number; end: number }
export type Piece = { text: string; marked: boolean }

/**
 * Cuts a text into blocks [start, end) that together are exactly the text, each small enough to be laid out by itself: whole lines
 * while they fit in `size` UTF-16 units, a longer line at a space, or where it must be, but never inside a surrogate pair.
 * One pass; a block has at most `lines` lines.
 */
export function cutText(text: string, size = 2_000, lines = 40): Span[] {
  const blocks: Span[] = []
  let start = 0
  while (start < text.length) {
    let end = start
    for (let count = 0; count < lines && end < text.length; count++) {
      const newline = text.indexOf('\n', end)
      const lineEnd = newline < 0 ? text.length : newline + 1
      if (lineEnd - start > size) {
        // Whole lines so far are a block; a line that alone is too long is cut.
        if (end === start) end = cutLine(text, start, Math.min(lineEnd, start + size))
        break
      }
      end = lineEnd
    }
    blocks.push({ start, end })
    start = end
  }
  return blocks
}

function cutLine(text: string, start: number, limit: number): number {
  const space = text.lastIndexOf(' ', limit - 1)
  if (space > start + (limit - start) / 2) return space + 1
  const code = text.charCodeAt(limit - 1)
  return code >= 0xd800 && code <= 0xdbff && limit - 1 > start ? limit - 1 : limit
}

/** The block that holds a position (binary search); the last one for positions behind the end. */
export function blockAt(blocks: readonly Span[], position: number): number {
  let low = 0
  let high = blocks.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (position < (blocks[middle]?.end ?? 0)) high = middle
    else low = middle + 1
  }
  return Math.max(0, low)
}

/** A block's text, cut where the marked span begins and ends. */
export function markBlock(text: string, block: Span, mark: Span | null): Piece[] {
  const from = Math.max(block.start, Math.min(block.end, mark?.start ?? block.end))
  const to = Math.max(from, Math.min(block.end, mark?.end ?? block.end))
  return [
    { text: text.slice(block.start, from), marked: false },
    { text: text.slice(from, to), marked: true },
    { text: text.slice(to, block.end), marked: false },
  ].filter((piece) => piece.text !== '')
}

/** The span of `?start=&end=`, or null when it is none or lies outside of the text. */
export function spanOf(start: string | null, end: string | null, length: number): Span | null {
  if (!start || !end || !/^\d{1,9}$/.test(start) || !/^\d{1,9}$/.test(end)) return null
  const span = { start: Number(start), end: Number(end) }
  return span.start < span.end && span.end <= length ? span : null
}
