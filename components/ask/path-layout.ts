import type { PathStep } from '@/components/api/types'

export type PathNode = { id: string; title: string; row: number }
export type PathArc = { step: PathStep; fromRow: number; toRow: number; lane: number }
export type PathLayout = { nodes: PathNode[]; arcs: PathArc[]; lanes: number }

/**
 * An arc diagram: atoms one under the other, pathways as arcs beside them. Rows follow the pathways from where they begin, so
 * arrows mostly point down; arcs whose rows overlap get lanes of their own, short arcs nearest. Repeated steps and steps from an
 * atom to itself are drawn once, or not at all.
 */
export function layoutPath(steps: readonly PathStep[]): PathLayout {
  const titles = new Map<string, string>()
  const next = new Map<string, string[]>()
  const incoming = new Map<string, number>()
  const unique = new Map<string, PathStep>()
  for (const step of steps) {
    titles.set(step.from, step.from_title)
    titles.set(step.to, step.to_title)
    const key = `${step.from} ${step.to} ${step.kind}`
    if (step.from === step.to || unique.has(key)) continue
    unique.set(key, step)
    next.set(step.from, [...(next.get(step.from) ?? []), step.to])
    incoming.set(step.to, (incoming.get(step.to) ?? 0) + 1)
  }

  const order: string[] = []
  const seen = new Set<string>()
  const visit = (start: string) => {
    const stack = [start]
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      order.push(id)
      stack.push(...(next.get(id) ?? []).toReversed())
    }
  }
  for (const id of titles.keys()) if (!incoming.has(id)) visit(id)
  for (const id of titles.keys()) visit(id)

  const rows = new Map(order.map((id, row) => [id, row]))
  const rowOf = (id: string) => rows.get(id) ?? 0
  const taken: { top: number; bottom: number }[][] = []
  const arcs = [...unique.values()]
    .map((step) => ({ step, fromRow: rowOf(step.from), toRow: rowOf(step.to) }))
    .sort((a, b) => Math.abs(a.fromRow - a.toRow) - Math.abs(b.fromRow - b.toRow) || Math.min(a.fromRow, a.toRow) - Math.min(b.fromRow, b.toRow))
    .map((arc) => {
      const top = Math.min(arc.fromRow, arc.toRow)
      const bottom = Math.max(arc.fromRow, arc.toRow)
      let lane = 0
      while (taken[lane]?.some((other) => top < other.bottom && other.top < bottom)) lane += 1
      taken[lane] = [...(taken[lane] ?? []), { top, bottom }]
      return { ...arc, lane }
    })
  return { nodes: order.map((id, row) => ({ id, title: titles.get(id) ?? id, row })), arcs, lanes: taken.length }
}
