import { describe, expect, it } from 'vitest'
import type { PathStep } from '@/components/api/types'
import { layoutPath } from './path-layout'

const step = (from: string, to: string, kind: PathStep['kind'] = 'mentions'): PathStep => ({
  from,
  to,
  from_title: from.toUpperCase(),
  to_title: to.toUpperCase(),
  kind,
  weight: 0.5,
})

describe('layoutPath', () => {
  it('is empty without steps', () => {
    expect(layoutPath([])).toEqual({ nodes: [], arcs: [], lanes: 0 })
  })
  it('begins where the pathways begin and follows them down', () => {
    const { nodes, arcs } = layoutPath([step('b', 'c'), step('a', 'b'), step('a', 'd')])
    expect(nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
    for (const arc of arcs) expect(arc.fromRow).toBeLessThan(arc.toRow)
  })
  it('draws a cycle, a repeated step and a loop without hanging', () => {
    const { nodes, arcs } = layoutPath([step('a', 'b'), step('b', 'a'), step('a', 'b'), step('c', 'c')])
    expect(nodes).toHaveLength(3)
    expect(arcs).toHaveLength(2)
  })
  it('keeps overlapping arcs in different lanes and every end at its atom, on random graphs', () => {
    let seed = 7
    const random = (n: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % n
    }
    for (let round = 0; round < 200; round++) {
      const steps = Array.from({ length: random(14) }, () => step(`n${random(7)}`, `n${random(7)}`, random(2) ? 'mentions' : 'references'))
      const { nodes, arcs } = layoutPath(steps)
      expect(new Set(nodes.map(({ id }) => id)).size, `seed ${seed}`).toBe(nodes.length)
      for (const arc of arcs) {
        expect([nodes[arc.fromRow]?.id, nodes[arc.toRow]?.id]).toEqual([arc.step.from, arc.step.to])
        for (const other of arcs) {
          if (other === arc || other.lane !== arc.lane) continue
          const apart =
            Math.max(arc.fromRow, arc.toRow) <= Math.min(other.fromRow, other.toRow) ||
            Math.max(other.fromRow, other.toRow) <= Math.min(arc.fromRow, arc.toRow)
          expect(apart, `seed ${seed}`).toBe(true)
        }
      }
    }
  })
})
