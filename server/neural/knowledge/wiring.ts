import type { Transaction } from '../../storage/database/port.ts'
import type { PathwayKind } from '../tables.ts'
import type { Change, ChangedAtoms } from './change.ts'
import type { SimilarLists } from './similar-lists.ts'
import type { FeatureView } from './view.ts'

export interface PathwayKey {
  source: number
  target: number
  kind: PathwayKind
}

export interface Pathway extends PathwayKey {
  weight: number
  evidence: Record<string, unknown>
}

export interface PathwayChange {
  /** New or different: weight or evidence. */
  written: Pathway[]
  removed: PathwayKey[]
}

/** What every planner of pathways works from. The database still stands as it was before the change. */
export interface Wiring {
  tx: Transaction
  enterpriseId: string
  change: Change
  changed: ChangedAtoms
  view: FeatureView
  lists: SimilarLists
}

/**
 * The pathways of some kinds that must exist afterwards within a scope: those that leave an atom of `sources` or reach an atom of
 * `targets`. Stored ones in the scope that are not among them go.
 */
export interface WiringPlan {
  kinds: readonly PathwayKind[]
  sources: ReadonlySet<number>
  targets: ReadonlySet<number>
  pathways: Pathway[]
}

/** Three decimals, so that a weight is the same number before and after it was stored. */
export const roundWeight = (weight: number): number => Math.round(weight * 1_000) / 1_000

export function touchedAtoms({ before, after }: Change): Set<number> {
  return new Set([...before.keys(), ...after.keys()])
}
