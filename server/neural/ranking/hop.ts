import type { TermLookup } from '../lexical/term-lookup.ts'
import type { PathwayKind } from '../tables.ts'
import type { FirstHit } from './first-stage.ts'
import type { Edge } from './knowledge-access.ts'
import type { Ranked } from './rank.ts'

/**
 * Shares of a hop's score: what the source is worth, what the target says of the question that the source does not, and the
 * target's own score. Chosen on two multi-hop sets in the middle of a plateau (npm run eval).
 */
const shares = { source: 0.5, conditional: 0.8, own: 0.1 }
const namedBonus = 0.5
const containsBonus = 0.15
/** A shared name counts in part as such and in part by how rare it is. */
const rarityShare = 0.7
const spreadOver = 30
const repetitionCost = 0.1
/** How much less crosses a pathway against its direction. */
const against = 0.7

interface Candidate {
  number: number
  base: number
  score: number
  signals: Ranked['signals']
  via: Ranked['via']
  /** Per question term: the most that the atoms on the way here say of it. */
  covered: Float64Array | null
}

/** Atoms under consideration for one question. Calls only compute; what they need is fetched in between. */
export class Hop {
  readonly #question: TermLookup
  readonly #weights: Record<PathwayKind, number>
  readonly #most: number
  readonly #candidates = new Map<number, Candidate>()
  readonly #hashes = new Map<number, string>()
  readonly #contributions = new Map<number, Float64Array>()
  readonly #followed = new Set<number>()
  #top = 0

  constructor(question: TermLookup, weights: Record<PathwayKind, number>, most: number) {
    this.#question = question
    this.#weights = weights
    this.#most = most
  }

  /** An atom that fits by its own words. */
  start(number: number, hit: FirstHit): void {
    const signals = { bm25: hit.bm25, latent: hit.latent, named: 0, hop: 0 }
    this.#candidates.set(number, { number, base: hit.base, score: hit.base, signals, via: null, covered: null })
  }

  /** Atoms that bear a title which stands in the question. A title of many counts less, and brings up no atom that does not fit by its words. */
  name(atoms: readonly number[], mostBearers: number): void {
    const bonus = namedBonus * Math.min(1, mostBearers / atoms.length)
    for (const number of atoms) {
      if (!this.#candidates.has(number)) {
        if (atoms.length > mostBearers) continue
        this.start(number, { number, bm25: 0, latent: 0, base: 0 })
      }
      this.#raise(number, bonus)
    }
  }

  /** Atoms that contain a name which stands in the question; `weight` by its rarity. */
  contains(atoms: readonly number[], weight: number): void {
    for (const number of atoms) if (this.#candidates.has(number)) this.#raise(number, containsBonus * weight)
  }

  /** Those of the best `count`, and what follows them, that have the same score as another and whose content hash is not known yet. */
  tiesAmong(count: number): number[] {
    const sorted = this.#sorted()
    const last = sorted[Math.min(count, sorted.length) - 1]?.score ?? 0
    return sorted
      .filter(({ score }, i) => score >= last && (score === sorted[i - 1]?.score || score === sorted[i + 1]?.score))
      .map(({ number }) => number)
      .filter((number) => !this.#hashes.has(number))
  }

  order(hashes: ReadonlyMap<number, string>): void {
    for (const [number, hash] of hashes) this.#hashes.set(number, hash)
  }

  /** The best atoms that no hop has started from yet. */
  seeds(count: number): number[] {
    return this.#sorted()
      .slice(0, count)
      .filter(({ number }) => !this.#followed.has(number))
      .map(({ number }) => number)
  }

  /** Follows edges and shared names from the seeds; a target keeps its best score. */
  follow(seeds: readonly { number: number; edges: readonly Edge[] }[], shared: (seed: number) => { numbers: number[]; rarity: number }[]): void {
    const links = new Map<number, Map<number, { link: number; via: Ranked['via'] }>>()
    for (const { number: seed, edges } of seeds) {
      const targets = new Map<number, { link: number; via: Ranked['via'] }>()
      const offer = (target: number, link: number, via: Ranked['via']): void => {
        const known = targets.get(target)
        if (target !== seed && link > 0 && (!known || known.link < link)) targets.set(target, { link, via: via ?? known?.via ?? null })
        else if (known && !known.via) known.via = via
      }
      for (const { source, target, kind, weight } of edges) {
        if (source === seed) offer(target, this.#weights[kind] * edgeStrength(weight), { from: seed, kind, weight })
        else if (target === seed) offer(source, this.#weights[kind] * edgeStrength(weight) * against, { from: seed, kind, weight })
      }
      for (const { numbers, rarity } of shared(seed)) for (const number of numbers) offer(number, 1 - rarityShare + rarityShare * rarity, null)
      links.set(seed, targets)
    }
    this.#read([...seeds.map(({ number }) => number), ...[...links.values()].flatMap((targets) => [...targets.keys()])])
    const next = new Map<number, { score: number; via: Ranked['via']; covered: Float64Array }>()
    for (const [seed, targets] of links) {
      this.#followed.add(seed)
      const source = this.#candidates.get(seed) as Candidate
      const covered = source.covered ?? this.#contribution(seed)
      for (const [target, { link, via }] of targets) {
        const own = this.#contribution(target)
        let conditional = 0
        for (let i = 0; i < own.length; i++) conditional += Math.max(0, (own[i] as number) - (covered[i] as number))
        const base = this.#candidates.get(target)?.base ?? 0
        const score = link * (shares.source * source.score + (shares.conditional * conditional) / this.#top) + shares.own * base
        if (score > (next.get(target)?.score ?? 0))
          next.set(target, { score, via, covered: own.map((value, i) => Math.max(value, covered[i] as number)) })
      }
    }
    for (const [number, { score, via, covered }] of next) {
      const known = this.#candidates.get(number)
      if (!known) {
        if (this.#candidates.size >= this.#most) continue
        this.start(number, { number, bm25: 0, latent: 0, base: 0 })
      }
      const candidate = this.#candidates.get(number) as Candidate
      if (score <= candidate.score) continue
      candidate.score = score
      candidate.via = via
      candidate.covered = covered
      candidate.signals.hop = score
    }
  }

  best(limit: number): Ranked[] {
    return this.#spreadOverTerms(this.#sorted())
      .slice(0, limit)
      .map(({ number, score, signals, via }) => ({ number, score, signals, via }))
  }

  /** After hops, of the first atoms those come forward that say what the ones before them do not: an answer needs all its parts. */
  #spreadOverTerms(sorted: Candidate[]): Candidate[] {
    if (this.#followed.size === 0) return sorted
    const left = sorted.slice(0, spreadOver)
    const behind = sorted.slice(spreadOver)
    this.#read(left.map(({ number }) => number))
    const said = new Float64Array(this.#question.terms.length)
    const chosen: Candidate[] = []
    let previous = Number.POSITIVE_INFINITY
    while (left.length > 0) {
      let best = 0
      let most = Number.NEGATIVE_INFINITY
      for (const [i, { number, score }] of left.entries()) {
        let repeated = 0
        for (const [t, value] of this.#contribution(number).entries()) repeated += Math.min(value, said[t] as number)
        const value = score - (repetitionCost * repeated) / this.#top
        if (value > most) {
          most = value
          best = i
        }
      }
      const [next] = left.splice(best, 1) as [Candidate]
      for (const [t, value] of this.#contribution(next.number).entries()) said[t] = Math.max(said[t] as number, value)
      previous = Math.min(previous, Math.max(0, most))
      chosen.push({ ...next, score: previous })
    }
    return [...chosen, ...behind.map((candidate) => ({ ...candidate, score: Math.min(candidate.score, previous) }))]
  }

  #raise(number: number, bonus: number): void {
    const candidate = this.#candidates.get(number) as Candidate
    candidate.base += bonus
    candidate.score += bonus
    candidate.signals.named += bonus
  }

  #sorted(): Candidate[] {
    const hash = (number: number): string => this.#hashes.get(number) ?? ''
    return [...this.#candidates.values()].sort((a, b) => b.score - a.score || (hash(a.number) < hash(b.number) ? -1 : 1))
  }

  #contribution(number: number): Float64Array {
    return this.#contributions.get(number) ?? new Float64Array(this.#question.terms.length)
  }

  #read(numbers: readonly number[]): void {
    if (this.#top === 0) {
      const best = this.#sortedByWords()
      for (const [number, row] of this.#question.contributions([...numbers, ...best])) this.#contributions.set(number, row)
      for (const number of best)
        this.#top = Math.max(
          this.#top,
          this.#contribution(number).reduce((sum, value) => sum + value, 0),
        )
      this.#top ||= 1
      return
    }
    const missing = new Set(numbers.filter((number) => !this.#contributions.has(number)))
    for (const [number, row] of this.#question.contributions(missing)) this.#contributions.set(number, row)
  }

  /** The atom with the best BM25: its score is the unit of conditional evidence. */
  #sortedByWords(): number[] {
    const best = [...this.#candidates.values()].filter(({ signals }) => signals.bm25 > 0).sort((a, b) => b.signals.bm25 - a.signals.bm25)[0]
    return best ? [best.number] : []
  }
}

/** Weights of pathways lie in 0..1; a weak one still is a pathway. */
const edgeStrength = (weight: number): number => 0.5 + 0.5 * Math.min(1, Math.max(0, weight))
