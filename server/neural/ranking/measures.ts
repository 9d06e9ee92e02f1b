/** Relevance of documents to a question: grade by key, 0 or absent = not relevant. */
export type Judgements<K> = ReadonlyMap<K, number>

const relevantOf = <K>(judged: Judgements<K>): K[] => [...judged].filter(([, grade]) => grade > 0).map(([key]) => key)

/** Share of the relevant that stands among the first k; 0 without any relevant. */
export function recallAt<K>(ranking: readonly K[], judged: Judgements<K>, k: number): number {
  const relevant = relevantOf(judged)
  if (relevant.length === 0) return 0
  const first = new Set(ranking.slice(0, k))
  return relevant.filter((key) => first.has(key)).length / relevant.length
}

/** 1 when all that is relevant stands among the first k, as a question over several documents needs it. */
export const allEvidenceAt = <K>(ranking: readonly K[], judged: Judgements<K>, k: number): number => (recallAt(ranking, judged, k) === 1 ? 1 : 0)

/**
 * Normalised discounted cumulative gain of the first k with linear gains, as trec_eval and BEIR compute it
 * (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002).
 */
export function ndcgAt<K>(ranking: readonly K[], judged: Judgements<K>, k: number): number {
  const gain = (grades: number[]): number => grades.slice(0, k).reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0)
  const ideal = gain([...judged.values()].filter((grade) => grade > 0).sort((a, b) => b - a))
  return ideal === 0 ? 0 : gain(ranking.map((key) => Math.max(0, judged.get(key) ?? 0))) / ideal
}

export interface Measures {
  questions: number
  recallAt2: number
  recallAt5: number
  allEvidenceAt5: number
  ndcgAt10: number
}

/** Means over questions, each 0 to 1. Questions without a relevant document are left out. */
export function measure<K>(results: readonly { ranking: readonly K[]; judged: Judgements<K> }[]): Measures {
  const counted = results.filter(({ judged }) => relevantOf(judged).length > 0)
  const mean = (one: (ranking: readonly K[], judged: Judgements<K>) => number): number =>
    counted.length === 0 ? 0 : counted.reduce((sum, { ranking, judged }) => sum + one(ranking, judged), 0) / counted.length
  return {
    questions: counted.length,
    recallAt2: mean((ranking, judged) => recallAt(ranking, judged, 2)),
    recallAt5: mean((ranking, judged) => recallAt(ranking, judged, 5)),
    allEvidenceAt5: mean((ranking, judged) => allEvidenceAt(ranking, judged, 5)),
    ndcgAt10: mean((ranking, judged) => ndcgAt(ranking, judged, 10)),
  }
}
