import { occurrenceRank } from './atoms.ts'
import { byCodeUnits } from './content.ts'
import { type Pathway, touchedAtoms, type Wiring, type WiringPlan } from './wiring.ts'

/** contains: the atom of the enclosing segment -> the atom, for every occurrence that has one. Evidence: the heading it stands under. */
export function planContains({ change }: Wiring): WiringPlan {
  const pathways: Pathway[] = []
  for (const [number, { occurrences }] of change.after) {
    const headings = new Map<number, { rank: string; heading: string }>()
    for (const occurrence of occurrences) {
      if (occurrence.parent === null || occurrence.parent === number) continue
      const rank = occurrenceRank(occurrence)
      const known = headings.get(occurrence.parent)
      if (!known || byCodeUnits(rank, known.rank) < 0)
        headings.set(occurrence.parent, { rank, heading: occurrence.headingPath.at(-1) ?? occurrence.title })
    }
    for (const [parent, { heading }] of headings)
      pathways.push({ source: parent, target: number, kind: 'contains', weight: 1, evidence: { heading } })
  }
  return { kinds: ['contains'], sources: new Set(), targets: touchedAtoms(change), pathways }
}
