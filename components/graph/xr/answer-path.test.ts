import { describe, expect, it } from 'vitest'
import { nodesById, pathNodes } from './answer-path'

const nodes = nodesById({ ids: ['a', 'b', 'c', 'd'] })
const step = (from: string, to: string) => ({ from, to })

describe('the way of an answer in the picture', () => {
  it('is in the order of its pathways, followed forwards or backwards', () => {
    expect(pathNodes([step('a', 'b'), step('b', 'c')], [], nodes)).toEqual({ lit: [0, 1, 2], missing: 0 })
    expect(pathNodes([step('a', 'b'), step('c', 'b')], [], nodes)).toEqual({ lit: [0, 1, 2], missing: 0 })
    expect(pathNodes([step('a', 'b'), step('c', 'd')], [], nodes)).toEqual({ lit: [0, 1, 2, 3], missing: 0 })
  })
  it('ends with what is cited, and counts what the picture lacks', () => {
    expect(pathNodes([step('a', 'x')], [{ atom_id: 'd' }, { atom_id: 'a' }, { atom_id: 'x' }], nodes)).toEqual({ lit: [0, 3], missing: 1 })
    expect(pathNodes([], [], nodes)).toEqual({ lit: [], missing: 0 })
  })
})
