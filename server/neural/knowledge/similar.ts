import { sql } from 'drizzle-orm'
import { asJson, rows } from '../../storage/database/port.ts'
import { phrases } from '../lexical/phrases.ts'
import { byCodeUnits } from './content.ts'
import { sketchFeature } from './features.ts'
import { featureWeight, sketch } from './sketch.ts'
import { hashesOfAtoms, textsOfAtoms } from './stored.ts'
import { type Pathway, roundWeight, type Wiring, type WiringPlan } from './wiring.ts'

/** Most atoms that one atom is similar to. */
export const mostSimilar = 8
export const similarityThreshold = 0.3
// The weight of shared features that counts as the same subject through and through: about two thirds of a full sketch.
const fullOverlap = 20
const shownFeatures = 5

/** Similarity in [0, 1] of two atoms that share these sketch features. Nothing else of the corpus enters. */
export const similarity = (sharedWeight: number): number => roundWeight(Math.min(1, sharedWeight / fullOverlap))

interface Neighbour {
  number: number
  weight: number
  hash: string
  evidence: Record<string, unknown>
}

const nearest = (a: Neighbour, b: Neighbour): number => b.weight - a.weight || byCodeUnits(a.hash, b.hash)

/**
 * similar: A -> the eight atoms that share most with A's sketch, above a threshold, ties by content hash. An atom that comes joins
 * the lists it belongs to; a full list that loses a member is made again from the index; no other list can change.
 */
export async function planSimilar(wiring: Wiring): Promise<WiringPlan> {
  const { tx, enterpriseId, changed } = wiring
  const arriving = new Map(changed.indexed.map((state) => [state.atom.number, state]))
  const losers = await listsWith(wiring, changed.forgotten)

  const matches = new Matches(wiring)
  for (const [number, { sketch: features }] of arriving) matches.want(number, features)
  await matches.find()

  // Lists of others that may take an arriving atom, or that lose one.
  const offers = new Map<number, Map<number, number>>()
  for (const number of arriving.keys()) {
    for (const [other, weight] of matches.of(number)) {
      if (arriving.has(other)) continue
      const list = offers.get(other) ?? new Map<number, number>()
      offers.set(other, list.set(number, weight))
    }
  }
  const open = await openLists(wiring, offers)
  const stored = await readLists(wiring, new Set([...open, ...losers]))
  const again = new Set([...losers].filter((number) => (stored.get(number)?.length ?? 0) >= mostSimilar))

  const pathways: Pathway[] = []
  const emit = (source: number, list: Neighbour[]): void => {
    for (const { number, weight, evidence } of list.sort(nearest).slice(0, mostSimilar)) {
      pathways.push({ source, target: number, kind: 'similar', weight, evidence })
    }
  }
  const hashOf = (number: number): string => arriving.get(number)?.atom.contentHash ?? ''

  for (const [number, list] of stored) {
    if (again.has(number)) continue
    const kept = list.filter((neighbour) => !changed.forgotten.has(neighbour.number))
    for (const [other, weight] of offers.get(number) ?? []) {
      kept.push({ number: other, weight, hash: hashOf(other), evidence: matches.evidence(other, number) })
    }
    emit(number, kept)
  }

  const remade = new Matches(wiring)
  for (const { number, text } of await textsOfAtoms(tx, enterpriseId, again)) remade.want(number, sketch(text, phrases(text)))
  await remade.find()
  const lists: { number: number; from: Matches; best: [number, number][] }[] = []
  for (const number of arriving.keys()) lists.push({ number, from: matches, best: withTies(matches.of(number)) })
  for (const number of again) lists.push({ number, from: remade, best: withTies(remade.of(number)) })
  const unknown = new Set(lists.flatMap(({ best }) => best.map(([other]) => other)).filter((other) => !arriving.has(other)))
  const hashes = await hashesOfAtoms(tx, enterpriseId, unknown)
  for (const { number, from, best } of lists) {
    const list = best
      .map(([other, weight]) => ({ number: other, weight, hash: hashes.get(other) ?? hashOf(other), evidence: {} }))
      .sort(nearest)
      .slice(0, mostSimilar)
    emit(
      number,
      list.map((neighbour) => ({ ...neighbour, evidence: from.evidence(number, neighbour.number) })),
    )
  }
  return { kinds: ['similar'], sources: new Set([...arriving.keys(), ...changed.gone, ...stored.keys()]), targets: changed.forgotten, pathways }
}

/** The best eight by weight and all that equal the eighth: which of them stay is told by their hashes. */
function withTies(found: ReadonlyMap<number, number>): [number, number][] {
  const sorted = [...found].sort((a, b) => b[1] - a[1])
  const least = sorted[mostSimilar - 1]?.[1] ?? 0
  return sorted.filter(([, weight]) => weight >= least)
}

/** For some atoms: every other atom at or above the threshold, by shared sketch features. */
class Matches {
  readonly #wiring: Wiring
  readonly #sketches = new Map<number, readonly string[]>()
  readonly #found = new Map<number, Map<number, number>>()
  #postings = new Map<string, number[]>()
  #members = new Map<string, Set<number>>()

  constructor(wiring: Wiring) {
    this.#wiring = wiring
  }

  want(number: number, features: readonly string[]): void {
    this.#sketches.set(number, features)
  }

  async find(): Promise<void> {
    const features = new Set([...this.#sketches.values()].flat())
    this.#postings = this.#wiring.view.postings([...features].map(sketchFeature))
    for (const [number, own] of this.#sketches) {
      const sums = new Map<number, number>()
      // One order of adding, so that both sides of a pair get the same sum.
      for (const feature of [...own].sort(byCodeUnits)) {
        const weight = featureWeight(feature)
        for (const other of this.#postings.get(sketchFeature(feature)) ?? []) sums.set(other, (sums.get(other) ?? 0) + weight)
      }
      sums.delete(number)
      const near = new Map<number, number>()
      for (const [other, sum] of sums) {
        const weight = similarity(sum)
        if (weight >= similarityThreshold) near.set(other, weight)
      }
      this.#found.set(number, near)
    }
  }

  of(number: number): ReadonlyMap<number, number> {
    return this.#found.get(number) ?? new Map()
  }

  /** The heaviest features that both sketches hold. */
  evidence(number: number, other: number): Record<string, unknown> {
    const shared = (this.#sketches.get(number) ?? []).filter((feature) => this.#holders(feature).has(other))
    shared.sort((a, b) => featureWeight(b) - featureWeight(a) || byCodeUnits(a, b))
    return { features: shared.slice(0, shownFeatures), inferred: true }
  }

  #holders(feature: string): Set<number> {
    let holders = this.#members.get(feature)
    if (!holders) {
      holders = new Set(this.#postings.get(sketchFeature(feature)))
      this.#members.set(feature, holders)
    }
    return holders
  }
}

/** Atoms that stay as they are and whose list holds one of some atoms. */
async function listsWith({ tx, enterpriseId }: Wiring, members: ReadonlySet<number>): Promise<Set<number>> {
  if (members.size === 0) return new Set()
  const found = await rows<{ source: number }>(
    tx,
    sql`select distinct p.source from json_array_elements_text(${asJson([...members])}::text::json) as n(number)
      join pathways p on p.enterprise_id = ${enterpriseId} and p.target = n.number::int where p.kind = 'similar'`,
  )
  return new Set(found.map(({ source }) => source).filter((source) => !members.has(source)))
}

/** Those offered atoms whose list is not full, or whose last member is not better than the best offer. */
async function openLists({ tx, enterpriseId }: Wiring, offers: ReadonlyMap<number, ReadonlyMap<number, number>>): Promise<number[]> {
  if (offers.size === 0) return []
  const list = [...offers].map(([number, offered]) => ({ number, best: Math.max(...offered.values()) }))
  const found = await rows<{ number: number }>(
    tx,
    sql`select n.number from json_to_recordset(${asJson(list)}::text::json) as n(number int, best real)
      cross join lateral (
        select count(*) as members, min(p.weight) as least from pathways p
        where p.enterprise_id = ${enterpriseId} and p.source = n.number and p.kind = 'similar'
      ) l where l.members < ${mostSimilar} or n.best >= l.least`,
  )
  return found.map(({ number }) => number)
}

/** The stored lists of some atoms; an atom without one has an empty list. */
async function readLists({ tx, enterpriseId }: Wiring, numbers: ReadonlySet<number>): Promise<Map<number, Neighbour[]>> {
  const lists = new Map<number, Neighbour[]>([...numbers].map((number) => [number, []]))
  if (numbers.size === 0) return lists
  const found = await rows<{ source: number; number: number; weight: number; hash: string; evidence: Record<string, unknown> }>(
    tx,
    sql`select p.source, p.target as number, p.weight, a.content_hash as hash, p.evidence from json_array_elements_text(${asJson([...numbers])}::text::json) as n(number)
      join pathways p on p.enterprise_id = ${enterpriseId} and p.source = n.number::int
      join knowledge_atoms a on a.enterprise_id = ${enterpriseId} and a.number = p.target where p.kind = 'similar'`,
  )
  for (const { source, ...neighbour } of found) lists.get(source)?.push({ ...neighbour, weight: roundWeight(neighbour.weight) })
  return lists
}
