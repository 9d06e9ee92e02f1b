import { describe, expect, it } from 'vitest'
import { blockAt, cutText, markBlock, spanOf } from './text-window'

let seed = 42
const random = (n: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return (seed >>> 4) % n
}
const bits = ['a', 'word ', '\n', '\n\n', '𝄞', 'é', '\r\n', 'x'.repeat(60), '𝄞'.repeat(30)]
const randomText = () => Array.from({ length: random(120) }, () => bits[random(bits.length)]).join('')

describe('cutText', () => {
  it('tiles the text exactly, in blocks within bounds, never inside a surrogate pair', () => {
    for (let round = 0; round < 300; round++) {
      const text = randomText()
      const blocks = cutText(text, 50, 4)
      expect(blocks.map(({ start, end }) => text.slice(start, end)).join(''), `seed ${seed}`).toBe(text)
      for (const { start, end } of blocks) {
        expect(end - start).toBeGreaterThan(0)
        expect(end - start).toBeLessThanOrEqual(50)
        expect(text.slice(start, end).split('\n').length).toBeLessThanOrEqual(5)
        expect(text.slice(start, end).isWellFormed(), `seed ${seed}`).toBe(true)
      }
    }
  })
  it('keeps whole lines together', () => {
    expect(cutText('one\ntwo\nthree\n', 9)).toEqual([
      { start: 0, end: 8 },
      { start: 8, end: 14 },
    ])
    expect(cutText('')).toEqual([])
  })
  it('holds ten million characters, in lines or in one', () => {
    for (const text of ['some words in a line\n'.repeat(500_000), 'word '.repeat(2_000_000)]) {
      const blocks = cutText(text)
      expect(blocks.at(-1)?.end).toBe(text.length)
      expect(blocks.length).toBeLessThan(text.length / 500)
    }
  })
})

it('finds the block of every position', () => {
  const text = `${randomText()}end`
  const blocks = cutText(text, 30, 3)
  for (let at = 0; at < text.length; at++) {
    const block = blocks[blockAt(blocks, at)]
    expect(block && at >= block.start && at < block.end).toBe(true)
  }
  expect(blockAt(blocks, text.length + 5)).toBe(blocks.length - 1)
})

it('marks exactly the span, also over several blocks', () => {
  for (let round = 0; round < 200; round++) {
    const text = `${randomText()}tail`
    const start = random(text.length)
    const mark = { start, end: start + 1 + random(text.length - start) }
    const pieces = cutText(text, 40, 3).flatMap((block) => markBlock(text, block, mark))
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    expect(
      pieces
        .filter(({ marked }) => marked)
        .map((piece) => piece.text)
        .join(''),
      `seed ${seed}`,
    ).toBe(text.slice(mark.start, mark.end))
  }
  expect(markBlock('abc', { start: 0, end: 3 }, null)).toEqual([{ text: 'abc', marked: false }])
})

it('takes only a span that lies in the text', () => {
  expect(spanOf('1', '3', 3)).toEqual({ start: 1, end: 3 })
  for (const [start, end] of [
    [null, '3'],
    ['3', '3'],
    ['1', '4'],
    ['-1', '2'],
    ['1.5', '2'],
    ['x', '2'],
  ] as const)
    expect(spanOf(start, end, 3)).toBeNull()
})
