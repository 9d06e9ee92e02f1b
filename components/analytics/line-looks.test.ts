import { describe, expect, it } from 'vitest'
import { colourOf, dashOf, inRows } from './line-looks'

describe('the looks of lines', () => {
  it('are no two alike among as many as are ever shown, those of the time before included', () => {
    const looks = Array.from({ length: 40 }, (_, line) => `${colourOf(line)} ${dashOf(line)}`)
    expect(new Set(looks).size).toBe(40)
    expect([dashOf(7), typeof dashOf(8)]).toEqual([null, 'string'])
  })
})

describe('names in rows', () => {
  it('fill a row before the next is begun', () => {
    expect(inRows([40, 40, 40], 100, 10)).toEqual([
      { x: 0, row: 0 },
      { x: 50, row: 0 },
      { x: 0, row: 1 },
    ])
  })

  it('give one that fits nowhere a row of its own, and leave no row empty', () => {
    expect(inRows([500, 20, 500, 20], 100, 10).map(({ row }) => row)).toEqual([0, 1, 2, 3])
    expect(inRows([], 100, 10)).toEqual([])
  })
})
