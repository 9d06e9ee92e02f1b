import { describe, expect, it } from 'vitest'
import { alsoShown, countWithout, extent, type Filters, facet, histogram, isRefused, noFilters, type Scope, sift } from './sift'
import { smallGraph } from './small-graph.fixture'

const graph = smallGraph([
  { name: 'Café “Zürich” 🚀', domain: 'food', kind: 'section', weight: 1, time: 100, source: 'A' },
  { name: 'مرحبا بالعالم', domain: 'food', kind: 'table', weight: 2, time: 200, source: 'A' },
  { name: 'Backups are kept', domain: 'care', kind: 'section', weight: 3, time: 300, source: 'B' },
  { name: 'x'.repeat(300), domain: '', kind: 'list', weight: 4, time: 400, source: 'B' },
])
const open: Scope = { focus: null, community: null }
const those = (filters: Partial<Filters>, scope = open) => {
  const { shown, count } = sift(graph, { ...noFilters, ...filters }, scope)
  const nodes = [...shown.keys()].filter((node) => shown[node])
  expect(count).toBe(nodes.length)
  return nodes
}

describe('sifting a graph', () => {
  it('shows everything without filters', () => expect(those({})).toEqual([0, 1, 2, 3]))
  it('finds words without case and accents, in any script, all of them', () => {
    expect(those({ q: 'ZURICH cafe' })).toEqual([0])
    expect(those({ q: '“' })).toEqual([0])
    expect(those({ q: '🚀' })).toEqual([0])
    expect(those({ q: 'العالم' })).toEqual([1])
    expect(those({ q: 'backups zurich' })).toEqual([])
    expect(those({ q: 'x'.repeat(300) })).toEqual([3])
  })
  it('finds words in the texts where somebody has said which atoms have them', () => {
    const { shown, count } = sift(graph, { ...noFilters, q: 'zurich', domains: ['food', 'care'] }, open, Uint8Array.of(0, 0, 1, 1))
    expect([[...shown], count]).toEqual([[1, 0, 1, 0], 2])
  })
  it('shows others as well, whatever the filters say, and still knows what keeps them out', () => {
    const both = alsoShown(sift(graph, { ...noFilters, q: 'zurich', kinds: ['section'] }, open), Uint8Array.of(1, 1, 0, 0))
    expect([[...both.shown], both.count]).toEqual([[1, 1, 0, 0], 2])
    expect([isRefused(both, 'kinds', 1), isRefused(both, 'q', 1), isRefused(both, 'q', 0)]).toEqual([true, true, false])
  })
  it('takes any of the domains and kinds, and atoms without a domain by the empty name', () => {
    expect(those({ domains: ['food'] })).toEqual([0, 1])
    expect(those({ domains: ['food', ''] })).toEqual([0, 1, 3])
    expect(those({ kinds: ['table', 'list'] })).toEqual([1, 3])
    expect(those({ domains: ['no such domain'] })).toEqual([])
  })
  it('finds an atom under each of its domains and of the sources that say it', () => {
    const several = smallGraph([
      { domain: 'food', source: 'A', also: { domain: 'care', source: 'B' } },
      { domain: 'care', source: 'B' },
    ])
    const found = (filters: Partial<Filters>) => [...sift(several, { ...noFilters, ...filters }, open).shown]
    expect([found({ domains: ['care'] }), found({ domains: ['food'] })]).toEqual([[1, 1], [1, 0]]) // biome-ignore format: a table
    expect([found({ source: 'source-B' }), found({ source: 'source-A' })]).toEqual([[1, 1], [1, 0]]) // biome-ignore format: a table
    expect(facet(sift(several, noFilters, open), 'domains', several.domains, 2, several.furtherDomains)).toEqual([1, 2])
  })
  it('takes source, weight and time, the ends included', () => {
    expect(those({ source: 'source-B' })).toEqual([2, 3])
    expect(those({ weight: { from: 2, to: 3 } })).toEqual([1, 2])
    expect(those({ time: { from: null, to: 200 } })).toEqual([0, 1])
    expect(those({}, { focus: Uint8Array.of(1, 1, 0, 0), community: Uint8Array.of(0, 1, 1, 1) })).toEqual([1])
  })
  it('says what each filter costs, and what choosing another value would show', () => {
    const sifted = sift(graph, { ...noFilters, domains: ['food'], kinds: ['section'], q: 'backups' }, open)
    expect(sifted.count).toBe(0)
    expect([countWithout(sifted, 'q'), countWithout(sifted, 'domains'), countWithout(sifted, 'kinds')]).toEqual([1, 1, 0])
    const food = sift(graph, { ...noFilters, domains: ['food'] }, open)
    expect(facet(food, 'domains', graph.domains, graph.domainNames.length)).toEqual([2, 1, 1])
    expect(facet(food, 'kinds', graph.kinds, graph.kindNames.length)).toEqual([1, 1, 0])
  })
  it('counts over time; all at one moment fall into one bin', () => {
    const all = sift(graph, noFilters, open)
    expect(histogram(all, 'time', graph.times, extent(graph.times), 3)).toEqual([1, 1, 2])
    expect(histogram(all, 'time', graph.times, { from: 5, to: 5 }, 2)).toEqual([4, 0])
    expect(extent([])).toEqual({ from: 0, to: 0 })
  })
})
