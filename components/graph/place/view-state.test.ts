import { describe, expect, it } from 'vitest'
import { changedSearch } from '@/components/ui/url-state'
import { noFilters } from './sift'
import { readView, writeCamera, writeFilters, writeOrder } from './view-state'

const read = (search: string) => readView(new URLSearchParams(search))

describe('the view in the address', () => {
  it('comes back as it was written, whatever the names', () => {
    const filters = {
      q: '“quoted” 🚀 مرحبا & more=',
      domains: ['a,b', '', 'C&D'],
      kinds: ['section'],
      pathways: ['similar', 'contains'],
      source: 'f1c1',
      weight: { from: 0.5, to: null },
      time: { from: Date.UTC(2026, 1, 3, 4, 5, 6, 789), to: 0 },
    }
    const camera = { eye: [1.23456, -200, 0] as const, target: [0, 0, 12345.6] as const, zoom: 2 }
    const search = changedSearch('?atom=x&domain=old', {
      ...writeFilters(filters),
      ...writeOrder({ column: 'name', down: true }),
      camera: writeCamera(camera),
    })
    const view = read(search)
    expect(view.filters).toEqual(filters)
    expect([view.atom, view.order]).toEqual(['x', { column: 'name', down: true }])
    expect(view.camera).toEqual({ eye: [1.235, -200, 0], target: [0, 0, 12350], zoom: 2 })
    expect(changedSearch(search, { ...writeFilters(noFilters), ...writeOrder({ column: 'weight', down: true }), camera: null })).toBe('?atom=x')
  })
  it('takes what makes no sense as if it were not there', () => {
    const plain = read('')
    expect(plain.filters).toEqual(noFilters)
    for (const search of [
      '?view=4d&depth=zero&sort=-nothing&by=x&camera=1,2,3&weight_from=&weight_to=NaN&since=never',
      '?camera=1,2,3,4,5,6,0',
      '?camera=1,2,3,4,5,6,Infinity',
      '?camera=1e99,2,3,4,5,6,1',
      '?camera=1,2,3,4,5,6,7,8',
      '?atom=&focus=&groups=2',
    ])
      expect(read(search)).toEqual(plain)
    expect([read('?depth=-3').depth, read('?depth=99').depth]).toEqual([1, 4])
  })
})
