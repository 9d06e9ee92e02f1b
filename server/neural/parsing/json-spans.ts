import { ParseError } from './document.ts'
import type { Span } from './spans.ts'

/** A JSON value where it stands. Children are known only of values longer than `detail`, others are not taken apart. */
export interface JsonSpan extends Span {
  type: 'object' | 'array' | 'scalar'
  /** Of a member of an object: where its key begins and what it is. */
  key?: { name: string; start: number; end: number }
  children: JsonSpan[]
}

const deepestJson = 200
const detail = 1_200

/** The end of the string that opens at `at`. */
function stringEnd(text: string, at: number): number {
  for (let next = at + 1; ; next++) {
    const code = text.charCodeAt(next)
    if (code === 92) next++
    else if (code === 34) return next + 1
    else if (Number.isNaN(code)) return next
  }
}

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9

/** Refuses what nests deeper than 200, before any parser meets it. One walk, no recursion. */
export function boundDepth(text: string): void {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) at = stringEnd(text, at) - 1
    else if (code === 123 || code === 91) {
      if (++depth > deepestJson) throw new ParseError('broken_document', `The JSON nests deeper than ${deepestJson} levels.`)
    } else if (code === 125 || code === 93) depth--
  }
}

/** The spans of a text that JSON.parse accepts and `boundDepth` has passed: the walk may then trust its form. */
export function jsonSpans(text: string, from = 0): JsonSpan {
  let at = from
  const space = (): void => {
    while (isSpace(text.charCodeAt(at))) at++
  }
  const value = (): JsonSpan => {
    space()
    const start = at
    const code = text.charCodeAt(at)
    if (code !== 123 && code !== 91) {
      if (code === 34) at = stringEnd(text, at)
      else while (at < text.length && !isSpace(text.charCodeAt(at)) && text[at] !== ',' && text[at] !== '}' && text[at] !== ']') at++
      return { type: 'scalar', start, end: at, children: [] }
    }
    const close = code === 123 ? 125 : 93
    const children: JsonSpan[] = []
    at++
    for (space(); at < text.length && text.charCodeAt(at) !== close; space()) {
      if (text.charCodeAt(at) === 44) at++
      space()
      let key: JsonSpan['key']
      if (close === 125) {
        const keyStart = at
        at = stringEnd(text, at)
        key = { name: JSON.parse(text.slice(keyStart, at)) as string, start: keyStart, end: at }
        space()
        at++
      }
      const child = value()
      children.push(key ? { ...child, key } : child)
    }
    at++
    const long = start === from || at - start > detail
    return { type: code === 123 ? 'object' : 'array', start, end: at, children: long ? children : [] }
  }
  return value()
}
