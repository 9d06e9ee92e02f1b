import { sql } from 'drizzle-orm'
import { asJson, rows } from '../../storage/database/port.ts'
import { byCodeUnits } from './content.ts'
import { sketchFeature } from './features.ts'
import { featureWeight } from './sketch.ts'
import { hashesOfAtoms, numbered } from './stored.ts'
import type { FeatureView } from './view.ts'
import { type Pathway, type PathwayChange, type PathwayKey, roundWeight, type Wiring } from './wiring.ts'

/** Most atoms that one atom is similar to. */
export const mostSimilar = 5
export const similarityThreshold = 0.3
// The weight of shared features that counts as the same subject through and through: about two thirds of a full sketch.
const fullOverlap = 20
// Below this no rounding reaches the threshold.
const leastOverlap = similarityThreshold * fullOverlap - 0.1
const shownFeatures = 5

/** Similarity in [0, 1] of two atoms that share these sketch features. Nothing else of the corpus enters. */
export const similarity = (sharedWeight: number): number => roundWeight(Math.min(1, sharedWeight / fullOverlap))

interface Neighbour {
  number: number
  weight: number
  /** True when the pathway to it is stored already. */
  stored: boolean
}

/** The best eight by weight and all that equal the eighth: which of them stay is told by their hashes. */
function withTies(list: Neighbour[]): Neighbour[] {
  if (list.length <= mostSimilar) return list
  list.sort((a, b) => b.weight - a.weight)
  const least = (list[mostSimilar - 1] as Neighbour).weight
  let end = mostSimilar
  while (end < list.length && (list[end] as Neighbour).weight === least) end++
  return list.slice(0, end)
}

/**
 * similar: A -> the five atoms that share most with A's sketch, above a threshold, ties by content hash. An atom that comes joins
 * the lists it belongs to; a full list that loses a member is made again from the index; no other list can change.
 */
export async function planSimilar(wiring: Wiring): Promise<PathwayChange> {
  const { tx, enterpriseId, changed } = wiring
  const arriving = new Map(changed.indexed.map((state) => [state.atom.number, state]))
  const written: Pathway[] = []
  const removed: PathwayKey[] = []

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
  const lists = await readLists(wiring, new Set([...losing, ...changed.forgotten]), offers)
  const again = new Set([...losing].filter((number) => (lists.get(number)?.length ?? 0) >= mostSimilar))
  const plans: { number: number; from: Matches; toldByOther: boolean; best: Neighbour[] }[] = []
  for (const [number, list] of lists) {
    if (again.has(number) || changed.forgotten.has(number)) continue
    const best = list.filter((neighbour) => !changed.forgotten.has(neighbour.number))
    for (const [other, weight] of offers.get(number) ?? []) best.push({ number: other, weight, stored: false })
    plans.push({ number, from: matches, toldByOther: true, best: withTies(best) })
  }

  // Lists made from nothing: those of arriving atoms, and full ones that lost a member.
  const remade = new Matches(wiring.view)
  for (const number of again) remade.want(number, wiring.view.sketchOf(number))
  remade.find()
  const whole = (number: number, from: Matches, standing: readonly Neighbour[]): void => {
    const stands = (other: number, weight: number): boolean => standing.some((neighbour) => neighbour.number === other && neighbour.weight === weight)
    const best = [...from.of(number)].map(([other, weight]) => ({ number: other, weight, stored: stands(other, weight) }))
    plans.push({ number, from, toldByOther: false, best: withTies(best) })
  }
  for (const number of arriving.keys()) whole(number, matches, [])
  // What such a list keeps, it keeps for the same reasons: both texts are the same as before.
  for (const number of again)
    whole(
      number,
      remade,
      (lists.get(number) ?? []).filter((neighbour) => !arriving.has(neighbour.number)),
    )

  const tied = new Set<number>()
  for (const { best } of plans) {
    const least = best[mostSimilar]?.weight
    if (least !== undefined) for (const { number, weight } of best) if (weight === least && !arriving.has(number)) tied.add(number)
  }
  const hashes = await hashesOfAtoms(tx, enterpriseId, tied)
  const hashOf = (number: number): string => arriving.get(number)?.atom.contentHash ?? hashes.get(number) ?? ''
  const nearest = (a: Neighbour, b: Neighbour): number => b.weight - a.weight || byCodeUnits(hashOf(a.number), hashOf(b.number))
  const keep = (source: number, before: readonly Neighbour[], after: readonly Neighbour[]): void => {
    for (const { number } of before) if (!after.some((kept) => kept.number === number)) removed.push({ source, target: number, kind: 'similar' })
  }
  for (const { number, from, toldByOther, best } of plans) {
    const now = best.length > mostSimilar ? best.sort(nearest).slice(0, mostSimilar) : best
    keep(number, lists.get(number) ?? [], now)
    wiring.floors?.set(number, now.length < mostSimilar ? 0 : Math.min(...now.map(({ weight }) => weight)))
    for (const { number: target, weight, stored } of now) {
      if (stored) continue
      const evidence = toldByOther ? from.evidence(target, number) : from.evidence(number, target)
      written.push({ source: number, target, kind: 'similar', weight, evidence })
    }
  }
  for (const number of changed.gone) keep(number, lists.get(number) ?? [], [])
  return { written, removed }
}

interface SketchFeature {
  name: string
  weight: number
  /** Numbers that hold it, ascending. */
  holders: readonly number[]
}

const heaviest = (a: SketchFeature, b: SketchFeature): number => b.weight - a.weight || byCodeUnits(a.name, b.name)

/** For some atoms: every other atom at or above the threshold, by shared sketch features. */
class Matches {
  readonly #view: FeatureView
  readonly #sketches = new Map<number, SketchFeature[]>()
  readonly #found = new Map<number, Map<number, number>>()

  constructor(view: FeatureView) {
    this.#view = view
  }

  want(number: number, features: readonly string[]): void {
    // One order of adding, so that both sides of a pair get the same sum.
    const own = features.map((name) => ({ name, weight: featureWeight(name), holders: [] }))
    this.#sketches.set(number, own.sort(heaviest))
  }

  find(): void {
    const terms = new Set<string>()
    for (const own of this.#sketches.values()) for (const { name } of own) terms.add(sketchFeature(name))
    const postings = this.#view.postings(terms)
    let largest = 0
    for (const numbers of postings.values()) largest = Math.max(largest, numbers.at(-1) ?? 0)
    const sums = new Float64Array(largest + 1)
    const touched: number[] = []
    for (const [number, own] of this.#sketches) {
      for (const feature of own) {
        feature.holders = postings.get(sketchFeature(feature.name)) ?? []
        for (const other of feature.holders) {
          if (sums[other] === 0) touched.push(other)
          sums[other] = (sums[other] as number) + feature.weight
        }
      }
      const near = new Map<number, number>()
      for (const other of touched) {
        const sum = sums[other] as number
        sums[other] = 0
        if (sum < leastOverlap || other === number) continue
        const weight = similarity(sum)
        if (weight >= similarityThreshold) near.set(other, weight)
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
    const features: string[] = []
    for (const { name, holders } of this.#sketches.get(number) ?? []) {
      if (features.length === shownFeatures) break
      if (includes(holders, other)) features.push(name)
    }
    return { features, inferred: true }
  }
}

/** Whether an ascending list holds a number. */
function includes(list: readonly number[], number: number): boolean {
  let low = 0
  let high = list.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const value = list[middle] as number
    if (value === number) return true
    if (value < number) low = middle + 1
    else high = middle - 1
  }
  return false
}

/** Atoms that stay as they are and whose list holds one of some atoms. */
async function listsWith({ tx, enterpriseId }: Wiring, members: ReadonlySet<number>): Promise<Set<number>> {
  if (members.size === 0) return new Set()
  const found = await rows<{ source: number }>(
    tx,
    sql`select distinct p.source from ${numbered(members)} cross join lateral (
        select source from pathways where enterprise_id = ${enterpriseId} and target = n.number and kind = 'similar' offset 0
      ) p`,
  )
  return new Set(found.map(({ source }) => source).filter((source) => !members.has(source)))
}

// More than any similarity.
const always = 2

/**
 * The stored lists of `wanted` atoms and, of those offered, the lists that are not full or whose last member is not better than the
 * best offer. An atom without similar ones has an empty list.
 */
async function readLists(
  { tx, enterpriseId, floors }: Wiring,
  wanted: ReadonlySet<number>,
  offers: ReadonlyMap<number, ReadonlyMap<number, number>>,
): Promise<Map<number, Neighbour[]>> {
  const asked = [...wanted].map((number) => ({ number, best: always }))
  for (const [number, offered] of offers) {
    if (wanted.has(number)) continue
    const best = Math.max(...offered.values())
    if (best >= (floors?.get(number) ?? 0)) asked.push({ number, best })
  }
  if (asked.length === 0) return new Map()
  const found = await rows<{ number: number; list: string | null; takes: boolean; least: number | null }>(
    tx,
    sql`select n.number, l.least, l.members < ${mostSimilar} or n.best >= l.least as takes,
        case when l.members < ${mostSimilar} or n.best >= l.least then l.list end as list
      from json_to_recordset(${asJson(asked)}::text::json) as n(number int, best real)
      cross join lateral (
        select string_agg(p.target || ' ' || p.weight, ' ') as list, count(*) as members, min(p.weight) as least from pathways p
        where p.enterprise_id = ${enterpriseId} and p.source = n.number and p.kind = 'similar'
      ) l`,
  )
  const lists = new Map<number, Neighbour[]>()
  for (const { number, list, takes, least } of found) {
    if (!takes) {
      floors?.set(number, roundWeight(least ?? 0))
      continue
    }
    const values = list === null ? [] : list.split(' ').map(Number)
    const neighbours: Neighbour[] = []
    for (let i = 0; i < values.length; i += 2)
      neighbours.push({ number: values[i] as number, weight: roundWeight(values[i + 1] as number), stored: true })
    lists.set(number, neighbours)
  }
  return lists
}
