import { indexTerms } from '../lexical/analysis.ts'
import type { IndexView } from '../lexical/index-view.ts'
import type { TermLookup } from '../lexical/term-lookup.ts'
import { latentSearch } from './latent.ts'
import type { PublishedModel } from './model.ts'

export interface FirstHit {
  number: number
  /** 0 to 1: BM25, the best of the question 1, the last of the list 0. */
  bm25: number
  /** 0 to 1: the part in `base` of meaning, from outside vectors or else from the latent model. */
  latent: number
  base: number
}

interface Scored {
  number: number
  score: number
}

/** An atom near a question by its vector; larger is nearer. */
export type Near = Scored

/** Atoms that tie with the last one of a full list are left out, so that no order decides between them. */
function withoutCutTies(found: Scored[], k: number): Scored[] {
  const last = found.length > k ? (found[k] as Scored).score : 0
  const full = found.slice(0, k)
  const kept = full.filter(({ score }) => score > last)
  return kept.length > 0 ? kept : full
}

/** The atoms whose own words fit the question best. */
export function byWords(words: TermLookup, k: number): FirstHit[] {
  return spread(withoutCutTies(words.search(k + 1), k)).map(({ number, score }) => ({ number, bm25: score, latent: 0, base: score }))
}

function spread(hits: Scored[]): Scored[] {
  const most = hits[0]?.score ?? 1
  const least = hits.length > 1 ? (hits.at(-1) as Scored).score : 0
  return hits.map(({ number, score }) => ({ number, score: (score - least) / (most - least + 1e-9) }))
}

/** What words count beside vectors, 0 to 1. Unmeasured here: the middle of what Bruch et al. found good across sets. */
const usualWordsBesideVectors = 0.5

/**
 * The atoms whose words or vectors fit: the weighted sum of both scores, each brought to 0..1 over its own list (Bruch, Gai and Ingber,
 * "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023, where it beats reciprocal ranks and hardly depends on the weight).
 */
export function byWordsAndVectors(words: TermLookup, k: number, near: readonly Near[], wordsBesideVectors = usualWordsBesideVectors): FirstHit[] {
  const hits = new Map<number, FirstHit>()
  for (const { number, bm25 } of byWords(words, k)) hits.set(number, { number, bm25, latent: 0, base: wordsBesideVectors * bm25 })
  for (const { number, score } of spread(withoutCutTies([...near], k))) {
    const latent = (1 - wordsBesideVectors) * score
    const known = hits.get(number)
    hits.set(number, { number, bm25: known?.bm25 ?? 0, latent, base: (known?.base ?? 0) + latent })
  }
  // Both lists are complete in themselves; what is behind the k best of the sum goes, ties with the last one included.
  const sorted = [...hits.values()].sort((a, b) => b.base - a.base || a.number - b.number)
  const last = sorted.length > k ? (sorted[k] as FirstHit).base : Number.NEGATIVE_INFINITY
  const kept = sorted.slice(0, k).filter(({ base }) => base > last)
  return kept.length > 0 ? kept : sorted.slice(0, k)
}

/** Reads title and text of atoms. */
export type ReadTexts = (numbers: readonly number[]) => Promise<{ number: number; title: string; text: string }[]>

const latentDepth = 200
const feedback = { atoms: 10, terms: 15, share: 0.3, mostOfAtoms: 0.1 }

/**
 * The atoms whose words or meaning fit: BM25 of the question, widened by the terms of its best atoms (RM3: Lavrenko and Croft,
 * SIGIR 2001; Abdul-Jaleel et al., TREC 2004), plus the latent score by the model's weight. For models that passed the switch test.
 */
export async function byWordsAndMeaning(
  view: IndexView,
  question: TermLookup,
  k: number,
  model: PublishedModel,
  readTexts: ReadTexts,
): Promise<FirstHit[]> {
  if (!model.latent || model.latentWeight <= 0) return byWords(question, k)
  const deep = Math.max(k, latentDepth)
  const { terms } = question
  const plain = question.search(deep)
  const { terms: wide, weights } = await widened(view, terms, plain.slice(0, feedback.atoms), readTexts)
  const words = weights.length > terms.length ? view.search(wide, deep, weights) : plain
  const meaning = await latentSearch(view, model.latent, terms, deep)
  const mostWords = words[0]?.score ?? 1
  const mostMeaning = meaning[0]?.score ?? 1
  const hits = new Map<number, FirstHit>()
  for (const { number, score } of words) {
    const bm25 = score / mostWords
    hits.set(number, { number, bm25, latent: 0, base: bm25 })
  }
  for (const { number, score } of meaning) {
    const latent = (model.latentWeight * score) / mostMeaning
    const known = hits.get(number)
    hits.set(number, { number, bm25: known?.bm25 ?? 0, latent, base: (known?.base ?? 0) + latent })
  }
  const sorted = [...hits.values()].sort((a, b) => b.base - a.base || a.number - b.number)
  const last = sorted.length > k ? (sorted[k] as FirstHit).base : 0
  const kept = sorted.slice(0, k).filter(({ base }) => base > last)
  return kept.length > 0 ? kept : sorted.slice(0, k)
}

/** The question's terms and the ones that set its best atoms apart, with weights that sum to about the count of the question's terms. */
async function widened(
  view: IndexView,
  terms: readonly string[],
  best: readonly Scored[],
  readTexts: ReadTexts,
): Promise<{ terms: string[]; weights: number[] }> {
  const total = best.reduce((sum, { score }) => sum + score, 0)
  const relevance = new Map<string, number>()
  const texts = await readTexts(best.map(({ number }) => number))
  const documents = new Map(texts.map(({ number, title, text }) => [number, indexTerms(title, text)]))
  for (const { number, score } of best) {
    const document = documents.get(number)
    if (!document) continue
    for (const [term, frequency] of document.terms) {
      relevance.set(term, (relevance.get(term) ?? 0) + ((score / total) * frequency) / Math.max(1, document.length))
    }
  }
  const candidates = [...relevance].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, feedback.terms * 4)
  const counts = view.documentFrequencies(candidates.map(([term]) => term))
  const chosen = candidates.filter(([term]) => (counts.get(term) ?? 0) <= view.atoms * feedback.mostOfAtoms).slice(0, feedback.terms)
  const mass = chosen.reduce((sum, [, weight]) => sum + weight, 0)
  const weights = new Map(terms.map((term) => [term, 1 - feedback.share]))
  for (const [term, weight] of chosen) weights.set(term, (weights.get(term) ?? 0) + (feedback.share * terms.length * weight) / mass)
  return { terms: [...weights.keys()], weights: [...weights.values()] }
}
