import { type PathwayKind, pathwayKinds } from '../tables.ts'
import type { Measures } from './measures.ts'

/** One verdict on a shown atom: the pathway that brought it there, if any, and where it was shown. */
export interface Verdict {
  useful: boolean
  /** Place in the answer, 1 = first: people look at the first more, so what is far down counts more (inverse propensity). */
  place: number
  /** What each kind of pathway contributed to the atom's score, per unit of its weight; zeros when it stood by its own words. */
  contributions: Partial<Record<PathwayKind, number>>
}

/** The verdicts on one answer. Only pairs within an answer are compared. */
export interface Feedback {
  verdicts: readonly Verdict[]
}

export type PathwayWeights = Record<PathwayKind, number>

const learningRate = 0.1
/** How strongly weights are held where they started; the more feedback there is, the less it counts. */
const anchor = 0.02
const largestPropensityWeight = 5
const mostWeight = 2

/** How likely place `place` is looked at (Joachims, Swaminathan and Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017). */
export const propensity = (place: number): number => 1 / Math.max(1, place)

/**
 * Weights per kind of pathway from feedback: averaged online pairwise logistic regression (useful above not useful within one
 * answer), inverse-propensity weighted, drawn back to the prior. Pure and deterministic; every weight stays in [0, 2].
 */
export function learnWeights(start: PathwayWeights, prior: PathwayWeights, feedback: readonly Feedback[]): PathwayWeights {
  const weights = { ...start }
  const sums = Object.fromEntries(pathwayKinds.map((kind) => [kind, 0])) as PathwayWeights
  let steps = 0
  for (const { verdicts } of feedback) {
    for (const good of verdicts.filter(({ useful }) => useful)) {
      for (const bad of verdicts.filter(({ useful }) => !useful)) {
        step(weights, prior, good, bad)
        for (const kind of pathwayKinds) sums[kind] += weights[kind]
        steps++
      }
    }
  }
  if (steps === 0) return { ...start }
  return Object.fromEntries(pathwayKinds.map((kind) => [kind, sums[kind] / steps])) as PathwayWeights
}

function step(weights: PathwayWeights, prior: PathwayWeights, good: Verdict, bad: Verdict): void {
  const difference = (kind: PathwayKind): number => (good.contributions[kind] ?? 0) - (bad.contributions[kind] ?? 0)
  const margin = pathwayKinds.reduce((sum, kind) => sum + weights[kind] * difference(kind), 0)
  const importance = Math.min(largestPropensityWeight, 1 / propensity(good.place))
  const pull = (learningRate * importance) / (1 + Math.exp(margin))
  for (const kind of pathwayKinds) {
    const moved = weights[kind] + pull * difference(kind) + learningRate * anchor * (prior[kind] - weights[kind])
    weights[kind] = Math.min(mostWeight, Math.max(0, moved))
  }
}

/** Why a model is or is not published. */
export interface Publication {
  publish: boolean
  reason: string
}

/**
 * Feedback can be wrong or hostile, so it proposes only: new weights are published when neither measure of the frozen judged set
 * gets worse. Without judged questions nothing is published.
 */
export function decidePublication(before: Measures, after: Measures): Publication {
  if (after.questions === 0) return { publish: false, reason: 'There are no judged questions to test the new weights on.' }
  if (before.questions !== after.questions) return { publish: false, reason: 'The judged set changed during the test.' }
  const tolerance = 1e-9
  if (after.recallAt5 < before.recallAt5 - tolerance) return { publish: false, reason: 'Recall on the judged set would get worse.' }
  if (after.ndcgAt10 < before.ndcgAt10 - tolerance) return { publish: false, reason: 'The order on the judged set would get worse.' }
  return { publish: true, reason: 'The judged set does not get worse.' }
}

/** Measures of a model on a frozen judged set; `ranked` runs retrieval with that model. Awaits the questions one after another. */
export async function evaluate(
  judged: readonly { question: string; relevant: readonly number[] }[],
  ranked: (question: string) => Promise<readonly { number: number }[]>,
  measure: (results: { ranking: number[]; judged: Map<number, number> }[]) => Measures,
): Promise<Measures> {
  const results: { ranking: number[]; judged: Map<number, number> }[] = []
  for (const { question, relevant } of judged) {
    const ranking = (await ranked(question)).map(({ number }) => number)
    results.push({ ranking, judged: new Map(relevant.map((number) => [number, 1])) })
  }
  return measure(results)
}
