import type { Transaction } from '../../storage/database/port.ts'
import { titleKey } from '../lexical/analysis.ts'
import type { IndexView } from '../lexical/index-view.ts'
import type { PathwayKind } from '../tables.ts'
import { byWords, byWordsAndMeaning, byWordsAndVectors, type Near } from './first-stage.ts'
import { Hop } from './hop.ts'
import { atomsByTitle, contentHashes, readSeeds, readTexts, type Seed } from './knowledge-access.ts'
import type { PublishedModel } from './model.ts'
import { readQuestion, titleGrams, titlesIn } from './question.ts'

export { type PublishedModel, priorModel } from './model.ts'

export interface RankRequest {
  question: string
  mode: 'standard' | 'advanced' | 'enterprise'
  /** Most atoms that come back. */
  limit: number
  /** Most atoms that are looked at. */
  budget: { nodes: number }
  model: PublishedModel
  /** The atoms whose outside vectors are nearest to the question's, best first; they stand in for the latent score. */
  near?: readonly Near[]
  /** What words count where those vectors count the rest, 0 to 1; for measurements of other values. */
  wordsBesideVectors?: number | undefined
}

export interface Ranked {
  number: number
  /** About 0 to 2, larger is better; comparable within one question only. */
  score: number
  signals: { bm25: number; latent: number; named: number; hop: number }
  /** The pathway that brought the atom up, null when it stands here by its own words or by a name it shares. */
  via: { from: number; kind: PathwayKind; weight: number } | null
}

const firstStageAtoms = 100
/** Atoms a round of hops starts from, and rounds: the second follows bridges that the first one found. */
const seedsARound = 6
const rounds = 2
/** A title that more atoms bear names none of them in particular. */
const mostBearers = 5
/** A name that more atoms contain joins none of them in particular. */
const mostSharers = 20
const mostNameHolders = 50

/**
 * Ranks atoms for a question. `standard`: BM25, the latent score where the model says so, and titles named in the question.
 * `advanced` and `enterprise`: then follows pathways and shared names from the best atoms to atoms that answer what those leave open.
 * Ties are broken by content, so nothing depends on the order of ingestion. About four short statements, for a transaction that keeps plans.
 */
export async function rank(tx: Transaction, view: IndexView, enterpriseId: string, request: RankRequest): Promise<Ranked[]> {
  const question = readQuestion(request.question)
  if (view.atoms === 0 || question.terms.length === 0) return []
  const most = Math.max(1, Math.min(request.budget.nodes, 5_000))
  const bearers = await atomsByTitle(tx, enterpriseId, titleGrams(question.words))
  const titles = titlesIn(question.words, (key) => bearers.has(key)).map((key) => bearers.get(key) as number[])
  const nameHolders = holdersOfNames(view, question.names)
  const namesSomething = titles.length > 0 || question.sureNames.some((name) => nameHolders.has(name))
  const first = Math.min(firstStageAtoms, most)
  const words = view.lookup(question.terms)
  // The latent model blurs names: a question that names something is left to words. Vectors of a large outside model know names.
  const hits = request.near?.length
    ? byWordsAndVectors(words, first, request.near, request.wordsBesideVectors)
    : namesSomething
      ? byWords(words, first)
      : await byWordsAndMeaning(view, words, first, request.model, (numbers) => readTexts(tx, enterpriseId, numbers))

  const hop = new Hop(words, request.model.weights, most)
  for (const hit of hits) hop.start(hit.number, hit)
  for (const atoms of titles) hop.name(atoms, mostBearers)
  for (const { numbers, weight } of nameHolders.values()) hop.contains(numbers, weight)
  const settle = async (count: number): Promise<void> => hop.order(await contentHashes(tx, enterpriseId, hop.tiesAmong(count)))

  if (request.mode !== 'standard' && namesSomething) {
    for (let round = 0; round < rounds; round++) {
      await settle(seedsARound)
      const seeds = await readSeeds(tx, enterpriseId, hop.seeds(seedsARound))
      if (seeds.length === 0) break
      const names = new Map(seeds.map((seed) => [seed.number, sharedNames(view, seed)]))
      const holders = view.postings([...names.values()].flat().map(feature))
      hop.follow(seeds, (seed) =>
        (names.get(seed) as string[]).flatMap((name) => {
          const numbers = holders.get(feature(name)) ?? []
          return numbers.length > mostSharers ? [] : [{ numbers, rarity: rarity(view, numbers.length) }]
        }),
      )
    }
  }
  await settle(request.limit)
  return hop.best(Math.max(0, request.limit))
}

const feature = (name: string): string => `\u0001${name}`

/** 1 for a name that one atom contains, 0 for one that all contain. */
const rarity = (view: IndexView, holders: number): number => (view.atoms < 2 ? 1 : Math.log(view.atoms / Math.max(1, holders)) / Math.log(view.atoms))

function holdersOfNames(view: IndexView, names: readonly string[]): Map<string, { numbers: number[]; weight: number }> {
  const held = new Map<string, { numbers: number[]; weight: number }>()
  const holders = view.postings(names.map(feature))
  for (const name of names) {
    const numbers = holders.get(feature(name))
    if (numbers && numbers.length <= mostNameHolders) held.set(name, { numbers, weight: rarity(view, numbers.length) })
  }
  return held
}

/** The names that a seed's text contains, as the index holds them, and its own. */
function sharedNames(view: IndexView, { number, title }: Seed): string[] {
  const own = titleKey(title)
  return [...new Set([...(own ? [own] : []), ...view.featuresOf(number, 1)])]
}
