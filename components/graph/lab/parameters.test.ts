import { describe, expect, it } from 'vitest'
import { labParameters } from './parameters'

describe('the address of the laboratory', () => {
  it('takes nodes, edges and seed, and has defaults', () => {
    expect(labParameters({ nodes: '50000', edges: '250000', seed: '7' })).toEqual({
      graph: { nodes: 50_000, edges: 250_000, seed: 7 },
      laidOut: true,
    })
    expect(labParameters({ layout: 'off' })).toEqual({ graph: { nodes: 1_000, edges: 4_000, seed: 1 }, laidOut: false })
    expect(labParameters({ nodes: '0', edges: '0' })).toEqual({ graph: { nodes: 0, edges: 0, seed: 1 }, laidOut: true })
  })

  it('minds nothing that it does not know, and still refuses what is wrong beside it', () => {
    expect(labParameters({ nodes: '10', utm_source: 'x', node: ['1', '2'] })).toEqual({ graph: { nodes: 10, edges: 4_000, seed: 1 }, laidOut: true })
    expect(labParameters({ nodes: 'ten', debug: '1' })).toEqual({ wrong: ['nodes is not a whole number.'] })
  })

  it.each([
    [{ nodes: '-1' }, 'nodes is not a whole number.'],
    [{ nodes: '1e3' }, 'nodes is not a whole number.'],
    [{ nodes: '' }, 'nodes is not a whole number.'],
    [{ nodes: '100001' }, 'nodes must be 0 to 100,000.'],
    [{ edges: '9999999' }, 'edges must be 0 to 500,000.'],
    [{ seed: '4294967296' }, 'seed must be 0 to 4,294,967,295.'],
    [{ seed: ['1', '2'] }, 'seed is given more than once.'],
    [{ layout: 'fast' }, 'layout must be on or off.'],
  ])('says what is wrong with %j', (query, line) => {
    expect(labParameters(query)).toEqual({ wrong: [line] })
  })
})
