import type { Transaction } from '../database/port.ts'

/** How two atoms are related; the same names as in the table of pathways. */
export type Kind = 'contains' | 'references' | 'mentions' | 'related' | 'similar'

export interface GraphScope {
  enterpriseId: string
  /** Only pathways of this kind. */
  kind?: Kind | undefined
  /** Only atoms of this domain; the one that is started from is there in any case. */
  domain?: string | undefined
}

/** A pathway from one atom to another, by their ids. Weight 0 to 1. */
export interface Step {
  from: string
  to: string
  kind: Kind
  weight: number
}

export interface GraphPart {
  /** Ids of atoms, in the order of their content hashes. */
  atoms: string[]
  /** Pathways among them, heaviest first. */
  steps: Step[]
  /** True when the budget, or the six pathways an atom of it, left something out. */
  truncated: boolean
}

/** How many atoms of an enterprise its agents have worked with. */
export interface Reach {
  enterpriseId: string
  /** Different atoms over all agents. */
  atoms: number
  /** Agents it uses, by name. */
  agents: { name: string; atoms: number }[]
}

/** What a store holds of an enterprise: equal counts and sums on both sides mean that they agree. */
export type GraphCounts = Record<string, number>

/** Neo4j does not hold everything yet: the database must answer. */
export class GraphBehind extends Error {}

/**
 * Knowledge as a graph. Every call is about one enterprise's own atoms; `reach` about those that are given. Adapters give equal answers, in
 * equal order. They reject when their store cannot be asked.
 */
export interface Graph {
  readonly adapter: 'postgres' | 'neo4j'
  /** Breadth first from one atom over pathways of either direction, heaviest first, until `depth` or `budget` atoms are reached; null when there is no such atom. */
  neighbourhood(scope: GraphScope, atom: string, depth: number, budget: number): Promise<GraphPart | null>
  /** The best connected atoms. */
  heaviest(scope: GraphScope, budget: number): Promise<GraphPart>
  /**
   * The way from one atom to another with the fewest pathways, of either direction, at most `most`; among those the one with the greatest sum
   * of weights, then the smallest content hashes from `from` on. Empty when both are the same, null when there is none.
   */
  path(enterpriseId: string, from: string, to: string, most: number): Promise<Step[] | null>
  /** Which of the enterprises are of a tier and how many atoms they reach through their agents; most first, then by id. */
  reach(enterpriseIds: readonly string[], tier: string): Promise<Reach[]>
  counts(enterpriseId: string): Promise<GraphCounts>
}

/** What differs between the database and Neo4j. */
export interface Drift {
  /** False when either moved meanwhile, or events still wait: differences are then what is under way. */
  isSettled: boolean
  /** Events that Neo4j has not got yet. */
  waiting: number
  counts: { what: string; postgres: number; neo4j: number }[]
}

/** The graph that operations ask, with the means to compare and to rebuild what stands behind it. */
export interface KeptGraph extends Graph {
  /** Null where there is no second store that could drift. Rejects when Neo4j is away. */
  drift(enterpriseId: string): Promise<Drift | null>
  /** Lets the second store be built anew, after the transaction. False where there is none. */
  rebuild(tx: Transaction, enterpriseId: string): Promise<boolean>
}

/** Edges drawn for each node of the budget; more would only make a hairball. */
export const stepsPerAtom = 6
