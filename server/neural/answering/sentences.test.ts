import { describe, expect, it } from 'vitest'
import { longestSentence, sentences } from './sentences.ts'

const cut = (text: string) => sentences(text).map((span) => text.slice(span.start, span.end))
const kinds = (text: string) => sentences(text).map((span) => span.kind)

describe('sentences', () => {
  it.each([
    ['Dr. Smith met J. R. R. Tolkien at St. Mary. He left.', ['Dr. Smith met J. R. R. Tolkien at St. Mary.', 'He left.']],
    ['He sat in the U.S. Senate. She lives in the U.S. The end.', ['He sat in the U.S. Senate.', 'She lives in the U.S.', 'The end.']],
    ['It costs 3.5 million, i.e. a lot. Version 1.2.3 shipped on Jan. 5.', ['It costs 3.5 million, i.e. a lot.', 'Version 1.2.3 shipped on Jan. 5.']],
    ['"Is it so?" he asked. He said "No." Then he left.[12] Next.', ['"Is it so?" he asked.', 'He said "No."', 'Then he left.[12]', 'Next.']],
    ['See No. 5. The answer was no. Bye.', ['See No. 5.', 'The answer was no.', 'Bye.']],
    ['Acme Inc. was founded in 1999. It sells pens, e.g. Fountain pens.', ['Acme Inc. was founded in 1999.', 'It sells pens, e.g. Fountain pens.']],
    ['彼は来た。「行こう。」と言った。終わり', ['彼は来た。', '「行こう。」と言った。', '終わり']],
    ['A sentence that\nruns over two lines. Second.', ['A sentence that\nruns over two lines.', 'Second.']],
  ])('splits %s', (text, expected) => expect(cut(text)).toEqual(expected))

  it('keeps the structure of Markdown apart', () => {
    const text = '# Title\n\nSome text.\n\n- one\n- two. And more\n\n| a | b |\n| - | - |\n| x | y |\n\n```js\nconst a = 1\n```\nSetext\n---\nLast'
    expect(cut(text)).toEqual(['Title', 'Some text.', 'one', 'two.', 'And more', 'a | b', 'x | y', 'const a = 1', 'Setext', 'Last'])
    expect(kinds(text)).toEqual(['heading', 'sentence', 'item', 'item', 'item', 'row', 'row', 'code', 'heading', 'sentence'])
  })

  it('takes a short first line as the title of the text below it', () => {
    expect(kinds('Remote Work Policy\nEmployees may work from home on two days of every week.')).toEqual(['heading', 'sentence'])
    expect(cut('Name: Ada\nAge: 36')).toEqual(['Name: Ada', 'Age: 36'])
  })

  it('cuts over-long sentences at clause marks', () => {
    const text = `${'some words, '.repeat(60)}and an end.`
    const parts = cut(text)
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts.slice(0, -1)) expect(part.endsWith(',')).toBe(true)
    expect(parts.join(' ')).toBe(text)
  })

  it('covers every visible character once, in order, without cutting a surrogate pair', () => {
    const seed = 20_261_122
    let state = seed
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const pieces = [
      'a',
      'Word ',
      '. ',
      '.',
      '! ',
      '\n',
      '\n\n',
      '😀',
      '。',
      '"',
      ' ',
      '# ',
      '- ',
      '```\n',
      '| ',
      '[1]',
      'Dr. ',
      '1.2',
      ',',
      '; ',
      'é',
      '\u3000',
    ]
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: next(400) }, () => pieces[next(pieces.length)]).join('')
      let before = 0
      for (const { start, end } of sentences(text)) {
        const label = `seed ${seed}, round ${round}`
        expect(start, label).toBeGreaterThanOrEqual(before)
        expect(end, label).toBeGreaterThan(start)
        expect(end - start, label).toBeLessThanOrEqual(longestSentence)
        const part = text.slice(start, end)
        expect(part, label).toBe(part.trim())
        expect(/\p{Cs}/u.test(part), label).toBe(false)
        expect(/\p{L}{2}/u.test(text.slice(before, start)), `${label}: lost ${JSON.stringify(text.slice(before, start))}`).toBe(false)
        before = end
      }
    }
  })

  it('answers nothing for nothing', () => {
    expect(sentences('')).toEqual([])
    expect(sentences(' \n\n \n')).toEqual([])
  })
})
