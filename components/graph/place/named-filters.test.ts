import { describe, expect, it } from 'vitest'
import { changedSearch } from '@/components/ui/url-state'
import { namedFilters, ofAtoms, wholeFilters } from './named-filters'
import { countWithout, type Filters, noFilters, sift } from './sift'
import { smallGraph } from './small-graph.fixture'
import { readView, writeFilters } from './view-state'

const graph = smallGraph([
  { name: 'Light', domain: 'sea', kind: 'table', weight: 1 },
  { name: 'Harbour', domain: 'coast', kind: 'list', weight: 2 },
  { name: 'Bog', domain: 'land', kind: 'section', weight: 3 },
  { name: 'Peat', domain: '', kind: 'section', weight: 4 },
])
const open = { focus: null, community: null }
const named = (search: string, during: Partial<Filters> = {}) => {
  const view = readView(new URLSearchParams(search))
  const filters = { ...view.filters, ...during }
  return { named: namedFilters({ graph, view, filters, indexOf: () => -1 }), sifted: sift(graph, filters, open) }
}

describe('the filters by name', () => {
  it('are also those that are just being slid', () => {
    const { named: found, sifted } = named('', { weight: { from: 9, to: null } })
    expect(sifted.count).toBe(0)
    expect(found.map(({ text }) => text)).toEqual(['Weight from 9'])
  })

  it('taken away, let through as many atoms as they are said to', () => {
    const search = changedSearch(
      '',
      writeFilters({ ...noFilters, domains: ['sea', 'coast'], kinds: ['section', 'list'], q: 'bog', pathways: ['similar'] }),
    )
    const { named: found, sifted } = named(search)
    expect(sifted.count).toBe(0)
    const whole = wholeFilters(ofAtoms(found))
    expect(whole.map(({ text }) => text)).toEqual(['Search “bog”', 'Domain sea or Domain coast', 'Kind Section or Kind List'])
    for (const { name, without } of whole)
      expect([name, countWithout(sifted, name)]).toEqual([name, named(changedSearch(search, without)).sifted.count])
    expect(whole.map(({ name }) => countWithout(sifted, name))).toEqual([1, 1, 0])
  })

  it('go one by one where there are several of a kind', () => {
    const { named: found } = named('?domain=sea&domain=&pathway=similar&pathway=contains')
    expect(found.map(({ text, without }) => [text, without])).toEqual([
      ['Domain sea', { domain: [''] }],
      ['Without a domain', { domain: ['sea'] }],
      ['Pathways Similar', { pathway: ['contains'] }],
      ['Pathways Contains', { pathway: ['similar'] }],
    ])
    expect(changedSearch('?domain=sea&domain=&q=x', found[0]?.without ?? {})).toBe('?q=x&domain=')
  })
})
