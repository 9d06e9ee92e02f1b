import { terms as termsOf } from '../lexical/analysis.ts'
import type { IndexView } from '../lexical/index-view.ts'
import { pacer } from '../lexical/segment.ts'
import { type LatentModel, latentVector, visitLatent } from './latent.ts'

/** With fewer questions the test missed topical workspaces in two of three runs. */
export const leastQuestions = 450
const leastZ = 2
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
 * The model must be trained without those sentences, or it knows the answers. On only when the reciprocal rank gains at least two standard errors over at least 450 questions, so that no workspace loses by it.
 * @throws the signal's reason when it is aborted
 */
export async function testLatent(
  view: IndexView,
  model: LatentModel,
  weight: number,
  questions: readonly HeldOut[],
  options: { signal?: AbortSignal; onProgress?: (share: number) => void } = {},
): Promise<SwitchResult> {
  const pause = pacer()
  const gains: number[] = []
  for (const [i, held] of questions.entries()) {
    const gain = await gainOf(view, model, weight, held)
    if (gain !== null) gains.push(gain)
    await pause()
    options.signal?.throwIfAborted()
    if (i % 20 === 0) options.onProgress?.((i + 1) / questions.length)
  }
  const n = gains.length
  if (n === 0) return { on: false, questions: 0, gain: 0, z: 0 }
  const gain = gains.reduce((sum, value) => sum + value, 0) / n
  const deviation = Math.sqrt(gains.reduce((sum, value) => sum + (value - gain) ** 2, 0) / Math.max(1, n - 1))
  const z = deviation > 0 ? gain / (deviation / Math.sqrt(n)) : 0
  return { on: n >= leastQuestions && z >= leastZ, questions: n, gain, z }
}

/** Change of the reciprocal rank of the sentence's own atom, scored without the sentence; null when nothing finds it either way. */
async function gainOf(view: IndexView, model: LatentModel, weight: number, { question, number, rest }: HeldOut): Promise<number | null> {
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
  const share = mostMeaning > 0 ? weight / mostMeaning : 0
  const ownBoth = own / mostWords + share * Math.max(0, ownMeaning)
  let ahead = 0
  const byWords = new Map(plain.map((hit) => [hit.number, hit.score / mostWords]))
  for (const [other, score] of meaning) if ((byWords.get(other) ?? 0) + share * score > ownBoth) ahead++
  for (const [other, score] of byWords) if (!meaning.has(other) && score > ownBoth) ahead++
  return 1 / (1 + ahead) - (own > 0 ? before : 0)
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (const [d, value] of a.entries()) sum += value * (b[d] as number)
  return sum
}
