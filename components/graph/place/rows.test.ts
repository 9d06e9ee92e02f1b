import { describe, expect, it } from 'vitest'
import { buildAdjacency } from './adjacency'
import { columnNames, csvOf, rowsOf } from './rows'
import { smallGraph } from './small-graph.fixture'

const graph = smallGraph(
  [
    { name: 'item 10', weight: 1, domain: 'b', community: 1, time: 3, source: 'Z' },
    { name: 'item 9', weight: 2, domain: 'a', community: 0, time: 2, source: 'Y' },
    { name: '=HYPERLINK("x"),\n', weight: 3, domain: 'b', community: 0, time: 1, source: 'X' },
  ],
  [[0, 1]],
)
const adjacency = buildAdjacency(graph)
const all = new Uint8Array(3).fill(1)

describe('rows of the table', () => {
  it('stand in the order of each column, both ways', () => {
    expect(rowsOf(graph, adjacency, all, { column: 'name', down: false })).toEqual([2, 1, 0])
    expect(rowsOf(graph, adjacency, all, { column: 'weight', down: true })).toEqual([2, 1, 0])
    expect(rowsOf(graph, adjacency, all, { column: 'domain', down: false })).toEqual([1, 2, 0])
    expect(rowsOf(graph, adjacency, all, { column: 'neighbours', down: true })).toEqual([1, 0, 2])
    expect(rowsOf(graph, adjacency, all, { column: 'known', down: false })).toEqual([2, 1, 0])
    expect(rowsOf(graph, adjacency, all, { column: 'source', down: false })).toEqual([2, 1, 0])
    for (const column of columnNames) expect(rowsOf(graph, adjacency, Uint8Array.of(0, 1, 0), { column, down: true })).toEqual([1])
  })
  it('become CSV that a spreadsheet reads as text', () => {
    const [head, first, second] = csvOf(graph, adjacency, [1, 2]).split('\r\n')
    expect(head).toBe('Id,Name,Kind,Domain,Weight,Neighbours,Community,Source,Known since')
    expect(first).toBe('atom-1,item 9,Section,a,2,1,1,Y,1970-01-01T00:00:00.002Z')
    expect(second).toBe(`atom-2,"'=HYPERLINK(""x""),\n",Section,b,3,0,1,X,1970-01-01T00:00:00.001Z`)
  })
})
