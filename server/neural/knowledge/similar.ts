import { sql } from 'drizzle-orm'
import { rows } from '../../storage/database/port.ts'
import type { AtomState } from './change.ts'
import { byCodeUnits } from './content.ts'
import { sketchFeature } from './features.ts'
import { mostRemembered, type Similar, type SimilarList, type SimilarLists } from './similar-lists.ts'
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

/**
 * similar: A -> the five atoms that share most with A's sketch, above a threshold, ties by content hash. An atom that comes joins
 * the lists it belongs to; a list that loses more members than are known to follow is made again from the index; no other list can change.
 */
export async function planSimilar(wiring: Wiring): Promise<PathwayChange> {
  const { changed, lists, view } = wiring
  const arriving = new Map(changed.indexed.map((state) => [state.atom.number, state]))
  for (const [number, { atom }] of arriving) lists.setHash(number, atom.contentHash)
  const matches = new Matches(view, new Map([...arriving].map(([number, { analysis }]) => [number, analysis.sketch])))

  const offers = new Map<number, Similar[]>()
  for (const number of arriving.keys()) {
    for (const [other, weight] of matches.of(number)) {
      if (arriving.has(other) || lists.refuses(other, weight)) continue
      const list = offers.get(other)
      if (list) list.push({ number, weight })
      else offers.set(other, [{ number, weight }])
    }
  }
  const touched = new Set([...offers.keys(), ...(await listsThatLose(wiring, arriving))])
  await readLists(wiring, new Set([...touched, ...changed.forgotten]))
  const stored = (number: number): readonly Similar[] => lists.get(number)?.members.slice(0, mostSimilar) ?? []
  const next = new Map<number, SimilarList>()

  // Lists of atoms that stay as they are: what they keep, and what joins it.
  const staying = [...touched].map((number) => ({ number, kept: membersThatStay(wiring, number), offered: offers.get(number) ?? [] }))
  await learnRanks(
    wiring,
    staying.map(({ kept, offered }) => [...kept, ...offered]),
  )
  const again: number[] = []
  for (const { number, kept, offered } of staying) {
    const list = joined(lists, kept, offered, lists.get(number)?.whole ?? true)
    if (list.members.length < mostSimilar && !list.whole) again.push(number)
    else next.set(number, list)
  }

  // Lists made from nothing: those of arriving atoms, and those of which too little is left.
  const remade = new Matches(view, new Map(again.map((number) => [number, view.sketchOf(number)])))
  const whole = [...arriving.keys()].map((number) => ({ number, near: nearest(matches.of(number)) }))
  for (const number of again) whole.push({ number, near: nearest(remade.of(number)) })
  await learnRanks(
    wiring,
    whole.map(({ near }) => near.members),
  )
  for (const { number, near } of whole) next.set(number, firstOf([...near.members].sort(byNearness(lists)), near.whole))

  const evidence = (number: number, other: number): Record<string, unknown> =>
    arriving.has(number)
      ? matches.evidence(number, other)
      : arriving.has(other)
        ? matches.evidence(other, number)
        : evidenceOf(shared(view.sketchOf(number), view.sketchOf(other)))
  const written: Pathway[] = []
  const removed: PathwayKey[] = []
  for (const [source, list] of next) {
    const before = stored(source)
    const now = list.members.slice(0, mostSimilar)
    for (const { number } of before) if (!now.some((member) => member.number === number)) removed.push({ source, target: number, kind: 'similar' })
    // What stays between two atoms that stay as they are stays for the same reasons.
    const stands = ({ number, weight }: Similar): boolean =>
      !arriving.has(source) && !arriving.has(number) && before.some((member) => member.number === number && member.weight === weight)
    for (const member of now)
      if (!stands(member))
        written.push({ source, target: member.number, kind: 'similar', weight: member.weight, evidence: evidence(source, member.number) })
    lists.set(source, list)
  }
  for (const source of changed.gone) {
    for (const { number } of stored(source)) removed.push({ source, target: number, kind: 'similar' })
    lists.set(source, null)
  }
  return { written, removed }
}

const byNearness =
  (lists: SimilarLists) =>
  (a: Similar, b: Similar): number =>
    b.weight - a.weight || (lists.rank(a.number) ?? 0) - (lists.rank(b.number) ?? 0)

const firstOf = (sorted: readonly Similar[], whole: boolean): SimilarList => ({
  members: sorted.slice(0, mostRemembered),
  whole: whole && sorted.length <= mostRemembered,
})

/** A list with what is offered to it. Of a list that is not whole, nobody knows who follows its last member. */
function joined(lists: SimilarLists, kept: readonly Similar[], offered: readonly Similar[], whole: boolean): SimilarList {
  const sorted = [...kept, ...offered].sort(byNearness(lists))
  const last = sorted.findLast((member) => kept.includes(member))
  return firstOf(whole ? sorted : sorted.slice(0, last ? sorted.indexOf(last) + 1 : 0), whole)
}

/** The first by weight, with all that equal the last of them: which of those stay is told by their hashes. */
function nearest(found: ReadonlyMap<number, number>): SimilarList {
  const members = Array.from(found, ([number, weight]) => ({ number, weight })).sort((a, b) => b.weight - a.weight)
  const least = members[mostRemembered - 1]?.weight ?? 0
  let end = Math.min(members.length, mostRemembered)
  while (end < members.length && members[end]?.weight === least) end++
  return { members: members.slice(0, end), whole: end === members.length }
}

const membersThatStay = ({ lists, changed }: Wiring, number: number): readonly Similar[] =>
  (lists.get(number)?.members ?? []).filter((member) => !changed.forgotten.has(member.number))

/** Learns the ranks of those members of some lists that share their weight with another. */
async function learnRanks({ tx, enterpriseId, lists }: Wiring, asked: Iterable<readonly Similar[]>): Promise<void> {
  const missing = new Set<number>()
  for (const members of asked) {
    const counts = new Map<number, number>()
    for (const { weight } of members) counts.set(weight, (counts.get(weight) ?? 0) + 1)
    for (const { number, weight } of members) if ((counts.get(weight) ?? 0) > 1 && lists.rank(number) === undefined) missing.add(number)
  }
  for (const [number, hash] of await hashesOfAtoms(tx, enterpriseId, missing)) lists.knowHash(number, hash)
}

interface SketchFeature {
  name: string
  weight: number
  /** Numbers that hold it, ascending. */
  holders: readonly number[]
}

const heaviest = (a: Pick<SketchFeature, 'name' | 'weight'>, b: Pick<SketchFeature, 'name' | 'weight'>): number =>
  b.weight - a.weight || byCodeUnits(a.name, b.name)

/** For some atoms, given with their sketches: every other atom at or above the threshold, by shared sketch features. */
class Matches {
  readonly #sketches = new Map<number, SketchFeature[]>()
  readonly #found = new Map<number, Map<number, number>>()

  constructor(view: FeatureView, sketches: ReadonlyMap<number, readonly string[]>) {
    const terms = new Set<string>()
    for (const features of sketches.values()) for (const name of features) terms.add(sketchFeature(name))
    const postings = view.postings(terms)
    let largest = 0
    for (const numbers of postings.values()) largest = Math.max(largest, numbers.at(-1) ?? 0)
    const sums = new Float64Array(largest + 1)
    const touched: number[] = []
    for (const [number, features] of sketches) {
      // One order of adding, so that both sides of a pair get the same sum.
      const own = features.map((name) => ({ name, weight: featureWeight(name), holders: postings.get(sketchFeature(name)) ?? [] })).sort(heaviest)
      this.#sketches.set(number, own)
      for (const { holders, weight } of own) {
        for (const other of holders) {
          if (sums[other] === 0) touched.push(other)
          sums[other] = (sums[other] as number) + weight
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

  evidence(number: number, other: number): Record<string, unknown> {
    return evidenceOf((this.#sketches.get(number) ?? []).filter(({ holders }) => includes(holders, other)))
  }
}

/** The heaviest features that two sketches share. */
const evidenceOf = (features: readonly { name: string }[]): Record<string, unknown> => ({
  features: features.slice(0, shownFeatures).map(({ name }) => name),
  inferred: true,
})

function shared(one: readonly string[], other: readonly string[]): { name: string; weight: number }[] {
  const both = new Set(other)
  return one
    .filter((name) => both.has(name))
    .map((name) => ({ name, weight: featureWeight(name) }))
    .sort(heaviest)
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

/** Atoms that stay as they are and whose list, as it is stored or remembered, holds one that does not. */
async function listsThatLose({ tx, enterpriseId, changed, lists, view }: Wiring, arriving: ReadonlyMap<number, AtomState>): Promise<Set<number>> {
  const { forgotten } = changed
  if (forgotten.size === 0) return new Set()
  const found = await rows<{ source: number }>(
    tx,
    sql`select distinct p.source from ${numbered(forgotten)} cross join lateral (
        select source from pathways where enterprise_id = ${enterpriseId} and target = n.number and kind = 'similar' offset 0
      ) p`,
  )
  const losing = new Set(found.map(({ source }) => source))
  // An atom that goes is nobody's member from then on. One that comes back with another sketch may be remembered where it does not belong.
  const altered = [...forgotten].filter((number) => {
    const now = arriving.get(number)?.analysis.sketch
    return now && [...now].sort().join() !== view.sketchOf(number).sort().join()
  })
  const matches = new Matches(view, new Map(altered.map((number) => [number, view.sketchOf(number)])))
  for (const number of altered)
    for (const other of matches.of(number).keys()) if (lists.get(other)?.members.some((member) => member.number === number)) losing.add(other)
  for (const number of losing) if (forgotten.has(number) || arriving.has(number)) losing.delete(number)
  return losing
}

/** Reads those of some lists that are not known. An atom without similar ones has an empty list. */
async function readLists({ tx, enterpriseId, lists }: Wiring, numbers: ReadonlySet<number>): Promise<void> {
  const missing = [...numbers].filter((number) => lists.get(number) === undefined)
  if (missing.length === 0) return
  const found = await rows<{ number: number; list: string | null }>(
    tx,
    sql`select n.number, l.list from ${numbered(missing)} cross join lateral (
        select string_agg(p.target || ' ' || p.weight, ' ') as list from pathways p
        where p.enterprise_id = ${enterpriseId} and p.source = n.number and p.kind = 'similar'
      ) l`,
  )
  for (const { number, list } of found) {
    const values = list === null ? [] : list.split(' ').map(Number)
    const members: Similar[] = []
    for (let i = 0; i < values.length; i += 2) members.push({ number: values[i] as number, weight: roundWeight(values[i + 1] as number) })
    // Equals in any order: whoever asks for the last one learns their ranks first.
    lists.know(number, { members: members.sort((a, b) => b.weight - a.weight), whole: members.length < mostSimilar })
  }
}
