import { sql } from 'drizzle-orm'
import { asJson, rows } from '../../storage/database/port.ts'
import { phrases } from '../lexical/phrases.ts'
import { byCodeUnits } from './content.ts'
import { sketchFeature } from './features.ts'
import { featureWeight, sketch } from './sketch.ts'
import { hashesOfAtoms, textsOfAtoms } from './stored.ts'
import type { FeatureView } from './view.ts'
import { type Pathway, type PathwayChange, type PathwayKey, roundWeight, type Wiring } from './wiring.ts'

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
  /** True when the pathway to it is stored already. */
  stored: boolean
}

const nearest = (a: Neighbour, b: Neighbour): number => b.weight - a.weight || byCodeUnits(a.hash, b.hash)
const nearestOf = (list: Neighbour[]): Neighbour[] => list.sort(nearest).slice(0, mostSimilar)

/**
 * similar: A -> the eight atoms that share most with A's sketch, above a threshold, ties by content hash. An atom that comes joins
 * the lists it belongs to; a full list that loses a member is made again from the index; no other list can change.
 */
export async function planSimilar(wiring: Wiring): Promise<PathwayChange> {
  const { tx, enterpriseId, changed } = wiring
  const arriving = new Map(changed.indexed.map((state) => [state.atom.number, state]))
  const hashOf = (number: number): string => arriving.get(number)?.atom.contentHash ?? ''
  const written: Pathway[] = []
  const removed: PathwayKey[] = []
  const write = (source: number, target: number, weight: number, from: Matches, told: number): void => {
    written.push({ source, target, kind: 'similar', weight, evidence: from.evidence(told, told === source ? target : source) })
  }

  const matches = new Matches(wiring.view)
  for (const [number, { sketch: features }] of arriving) matches.want(number, features)
  matches.find()

  // Lists of atoms that stay as they are: those that may take an arriving atom, and those that lose one.
  const offers = new Map<number, Map<number, number>>()
  for (const number of arriving.keys()) {
    for (const [other, weight] of matches.of(number)) {
      if (arriving.has(other)) continue
      const list = offers.get(other)
      if (list) list.set(number, weight)
      else offers.set(other, new Map([[number, weight]]))
    }
  }
  const losing = await listsWith(wiring, changed.forgotten)
  const lists = await readLists(wiring, new Set([...(await openLists(wiring, offers)), ...losing, ...changed.forgotten]))
  const again = new Set([...losing].filter((number) => (lists.get(number)?.length ?? 0) >= mostSimilar))
  const keep = (source: number, before: readonly Neighbour[], after: readonly Neighbour[]): void => {
    const kept = new Set(after.map(({ number }) => number))
    for (const { number } of before) if (!kept.has(number)) removed.push({ source, target: number, kind: 'similar' })
  }
  for (const [number, list] of lists) {
    if (again.has(number) || changed.forgotten.has(number)) continue
    const offered = [...(offers.get(number) ?? [])].map(([other, weight]) => ({ number: other, weight, hash: hashOf(other), stored: false }))
    const now = nearestOf([...list.filter((neighbour) => !changed.forgotten.has(neighbour.number)), ...offered])
    keep(number, list, now)
    for (const neighbour of now) if (!neighbour.stored) write(number, neighbour.number, neighbour.weight, matches, neighbour.number)
  }

  // Lists made from nothing: those of arriving atoms, and full ones that lost a member.
  const remade = new Matches(wiring.view)
  for (const { number, text } of await textsOfAtoms(tx, enterpriseId, again)) remade.want(number, sketch(text, phrases(text)))
  remade.find()
  const whole = [
    ...[...arriving.keys()].map((number) => ({ number, from: matches, best: withTies(matches.of(number)) })),
    ...[...again].map((number) => ({ number, from: remade, best: withTies(remade.of(number)) })),
  ]
  const unknown = new Set(whole.flatMap(({ best }) => best.map(([other]) => other)).filter((other) => !arriving.has(other)))
  const hashes = await hashesOfAtoms(tx, enterpriseId, unknown)
  for (const { number, from, best } of whole) {
    const now = nearestOf(best.map(([other, weight]) => ({ number: other, weight, hash: hashes.get(other) ?? hashOf(other), stored: false })))
    keep(number, lists.get(number) ?? [], now)
    for (const neighbour of now) write(number, neighbour.number, neighbour.weight, from, number)
  }
  for (const number of changed.gone) keep(number, lists.get(number) ?? [], [])
  return { written, removed }
}

/** The best eight by weight and all that equal the eighth: which of them stay is told by their hashes. */
function withTies(found: ReadonlyMap<number, number>): [number, number][] {
  const sorted = [...found].sort((a, b) => b[1] - a[1])
  const least = sorted[mostSimilar - 1]?.[1] ?? 0
  return sorted.filter(([, weight]) => weight >= least)
}

/** For some atoms: every other atom at or above the threshold, by shared sketch features. */
class Matches {
  readonly #view: FeatureView
  readonly #sketches = new Map<number, readonly string[]>()
  readonly #found = new Map<number, Map<number, number>>()
  readonly #members = new Map<string, Set<number>>()
  #postings = new Map<string, number[]>()

  constructor(view: FeatureView) {
    this.#view = view
  }

  want(number: number, features: readonly string[]): void {
    // One order of adding, so that both sides of a pair get the same sum.
    this.#sketches.set(number, [...features].sort(byCodeUnits))
  }

  find(): void {
    this.#postings = this.#view.postings(new Set([...this.#sketches.values()].flat().map(sketchFeature)))
    let largest = 0
    for (const numbers of this.#postings.values()) for (const number of numbers) if (number > largest) largest = number
    const sums = new Float64Array(largest + 1)
    const touched: number[] = []
    for (const [number, own] of this.#sketches) {
      for (const feature of own) {
        const weight = featureWeight(feature)
        for (const other of this.#postings.get(sketchFeature(feature)) ?? []) {
          if (sums[other] === 0) touched.push(other)
          sums[other] = (sums[other] as number) + weight
        }
      }
      const near = new Map<number, number>()
      for (const other of touched) {
        const weight = similarity(sums[other] as number)
        if (weight >= similarityThreshold && other !== number) near.set(other, weight)
        sums[other] = 0
      }
      touched.length = 0
      this.#found.set(number, near)
    }
  }

  of(number: number): ReadonlyMap<number, number> {
    return this.#found.get(number) ?? new Map()
  }

  /** The heaviest features that the sketches of a wanted atom and another hold. */
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
  const found = await rows<{ source: number; number: number; weight: number; hash: string }>(
    tx,
    sql`select p.source, p.target as number, p.weight, a.content_hash as hash from json_array_elements_text(${asJson([...numbers])}::text::json) as n(number)
      join pathways p on p.enterprise_id = ${enterpriseId} and p.source = n.number::int
      join knowledge_atoms a on a.enterprise_id = ${enterpriseId} and a.number = p.target where p.kind = 'similar'`,
  )
  for (const { source, number, weight, hash } of found) lists.get(source)?.push({ number, weight: roundWeight(weight), hash, stored: true })
  return lists
}
