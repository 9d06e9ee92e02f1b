import { terms as termsOf } from '../lexical/analysis.ts'
import type { IndexView } from '../lexical/index-view.ts'
import { pacer } from '../lexical/segment.ts'
import { type LatentModel, latentVector, visitLatent } from './latent.ts'

/** With fewer questions the test missed topical workspaces in two of three runs. */
export const leastQuestions = 450
const leastZ = 2
/** A workspace that is about subjects gains the more, the more meaning counts; one that is about names gains a little by little and loses by much. */
const shares = { little: 0.3, used: 0.5, much: 0.7 }
/** Share of the latent score beside BM25 where the switch is on: the middle of what helped topical search (38.4 against 33.9 nDCG@10 without it). */
export const latentShare = shares.used
const words = { depth: 300 }

export interface SwitchResult {
  on: boolean
  questions: number
  /** Mean gain of the reciprocal rank by the latent score, and how many standard errors it lies above 0. */
  gain: number
  z: number
}

export interface HeldOut {
  question: string
  /** The atom that the sentence was taken from, and what is left of it. */
  number: number
  rest: { length: number; terms: Map<string, number> }
}

/**
 * Whether the latent score helps this workspace find its own atoms: each sentence, taken out of its atom, is asked with and without.
 * The model must be trained without those sentences, or it knows the answers. On only when the reciprocal rank gains at least two standard
 * errors over at least 450 questions, and gains more by a large share of meaning than by a small one.
 * @throws the signal's reason when it is aborted
 */
export async function testLatent(
  view: IndexView,
  model: LatentModel,
  questions: readonly HeldOut[],
  options: { signal?: AbortSignal; onProgress?: (share: number) => void } = {},
): Promise<SwitchResult> {
  const pause = pacer()
  const gains: { little: number; used: number; much: number }[] = []
  for (const [i, held] of questions.entries()) {
    const gain = await gainsOf(view, model, held)
    if (gain !== null) gains.push(gain)
    await pause()
    options.signal?.throwIfAborted()
    if (i % 20 === 0) options.onProgress?.((i + 1) / questions.length)
  }
  const n = gains.length
  if (n === 0) return { on: false, questions: 0, gain: 0, z: 0 }
  const mean = (pick: (gain: { little: number; used: number; much: number }) => number): number =>
    gains.reduce((sum, gain) => sum + pick(gain), 0) / n
  const gain = mean(({ used }) => used)
  const deviation = Math.sqrt((mean(({ used }) => (used - gain) ** 2) * n) / Math.max(1, n - 1))
  const z = deviation > 0 ? gain / (deviation / Math.sqrt(n)) : 0
  return { on: n >= leastQuestions && z >= leastZ && mean(({ much }) => much) > mean(({ little }) => little), questions: n, gain, z }
}

/** Change of the reciprocal rank of the sentence's own atom by each share, scored without the sentence; null when nothing finds it either way. */
async function gainsOf(
  view: IndexView,
  model: LatentModel,
  { question, number, rest }: HeldOut,
): Promise<{ little: number; used: number; much: number } | null> {
  const asked = [...new Set(termsOf(question))]
  if (asked.length === 0) return null
  const own = view.score(asked, rest)
  const plain = view.search(asked, words.depth).filter((hit) => hit.number !== number)
  const mostWords = Math.max(own, plain[0]?.score ?? 0)
  if (mostWords === 0) return null
  const asVector = latentVector(model, new Map(asked.map((term) => [term, 1])))
  const ownMeaning = cosine(asVector, latentVector(model, rest.terms))
  const meaning = new Map<number, number>()
  let mostMeaning = Math.max(0, ownMeaning)
  await visitLatent(view, model, asVector, (other, score) => {
    if (other === number || score <= 0) return
    meaning.set(other, score)
    if (score > mostMeaning) mostMeaning = score
  })
  const before = 1 / (1 + plain.filter(({ score }) => score > own).length)
  const byWords = new Map(plain.map((hit) => [hit.number, hit.score / mostWords]))
  const gain = (weight: number): number => {
    const share = mostMeaning > 0 ? weight / mostMeaning : 0
    const ownBoth = own / mostWords + share * Math.max(0, ownMeaning)
    let ahead = 0
    for (const [other, score] of meaning) if ((byWords.get(other) ?? 0) + share * score > ownBoth) ahead++
    for (const [other, score] of byWords) if (!meaning.has(other) && score > ownBoth) ahead++
    return 1 / (1 + ahead) - (own > 0 ? before : 0)
  }
  return { little: gain(shares.little), used: gain(shares.used), much: gain(shares.much) }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (const [d, value] of a.entries()) sum += value * (b[d] as number)
  return sum
}
