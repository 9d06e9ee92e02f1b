import { describe, expect, it } from 'vitest'
import { longestSummary, summarise } from './summarise.ts'

describe('summarise', () => {
  it('gives a short text whole, white space folded', () => {
    expect(summarise('# Leave\n\nEvery employee receives 28 days\nof leave. It is paid.')).toBe(
      'Every employee receives 28 days of leave. It is paid.',
    )
  })

  it('chooses whole sentences within the limit, the opening and the central ones first', () => {
    const filler = 'On Tuesday somebody brought a very large cake into the kitchen for all of the colleagues on that floor. '
    const text = `The backup service copies every database each night. ${filler}The backup service keeps each database copy for thirty days. Somewhere outside a melon fell from its lorry, rolled down the whole street and came to rest before the door of a bank. Nobody minded.`
    const summary = summarise(text)
    expect(summary.length).toBeLessThanOrEqual(longestSummary)
    expect(summary).toContain('The backup service copies every database each night.')
    expect(summary).toContain('keeps each database copy for thirty days.')
    expect(summary).not.toContain('melon')
  })

  it('leaves badges, link targets and code out', () => {
    const text =
      '# left-pad\n\n[![npm](https://x.test/a.svg)](https://x.test)\n\nPads a [string](https://x.test/s) on the left.\n\n```js\nleftPad(1)\n```\n'
    expect(summarise(text)).toBe('Pads a string on the left.')
  })

  it('shortens only when no sentence fits, never inside a surrogate pair', () => {
    const summary = summarise(`x1${'😀'.repeat(399)}`)
    expect(summary.length).toBeLessThanOrEqual(longestSummary)
    expect(/\p{Cs}/u.test(summary)).toBe(false)
    const long = summarise('word '.repeat(80))
    expect(long.endsWith('word…')).toBe(true)
    expect(long.length).toBeLessThanOrEqual(longestSummary)
  })

  it('falls back to rows or the heading, and is empty for nothing', () => {
    expect(summarise('| name | price |\n| --- | --- |\n| pen | 2 |')).toBe('name | price pen | 2')
    expect(summarise('# Only a heading')).toBe('Only a heading')
    expect(summarise('')).toBe('')
  })
})
