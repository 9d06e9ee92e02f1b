// The composer: few verbatim sentences that together speak to all of the question. Choosing them is weighted maximum coverage,
// for which the greedy choice is within 1 - 1/e of the best (Nemhauser, Wolsey and Fisher, Mathematical Programming 14, 1978).
import { words } from '../lexical/analysis.ts'
import type { Evidence, SentenceEvidence } from './evidence.ts'
import type { Citation, Passage } from './passage.ts'
import type { Plan } from './plan.ts'

const mostAnswerSentences = 5

export interface Draft {
  /** Chosen sentences in reading order. */
  chosen: SentenceEvidence[]
  /** Strength 0..1 by question term, over all that was chosen and its context. */
  covered: Float32Array
}

const pronoun = /^["“'(]?(?:he|she|it|they|his|her|its|their|this|these|those|that|such|here|there|er|sie|es|il|elle|ils)\b/i
/** A further sentence must add this share of the question's weight. */
const leastGain = 0.07
/** What a sentence across a bridge is worth beside its coverage. */
const bridgeValue = 0.08

/** Chooses up to five sentences; none when no sentence shares a word with the question. */
export function compose(plan: Plan, passages: readonly Passage[], evidence: Evidence): Draft {
  const covered = new Float32Array(plan.terms.length)
  const total = evidence.total || 1
  const chosen: SentenceEvidence[] = []
  const numbers = new Map(passages.map((passage, index) => [passage.number, index]))
  let typed = 0
  const matching = evidence.sentences.filter((row) => hasMatch(row, evidence))
  const telling = matching.filter((row) => !repeatsTitle(row, passages))
  let pool = telling.length > 0 ? telling : matching
  while (chosen.length < mostAnswerSentences && pool.length > 0) {
    let best: SentenceEvidence | undefined
    let bestValue = Number.NEGATIVE_INFINITY
    let bestGain = 0
    let bestBridge = false
    // What a cited passage says itself needs no bridge to another: else the next subject's answer would stand for this one's.
    const atHome = pool.filter((row) => chosen.some((other) => other.passage === row.passage))
    const gainAtHome = Math.max(0, ...atHome.map((row) => coverageGain(row, covered, evidence.weights) / total))
    for (const row of pool) {
      const bridge = chosen.length > 0 && linked(row, chosen, plan, passages, numbers)
      // Words of unrelated texts add up by chance: what neither shares a source, a bridge nor a name of the question is another matter.
      if (chosen.length > 0 && !bridge && !plan.several && !related(row, chosen, evidence, passages)) continue
      const gain = coverageGain(row, covered, evidence.weights) / total
      const value = gain + sentenceValue(row, evidence, typed) + (bridge && gain > gainAtHome ? bridgeValue : 0)
      if (value > bestValue) {
        best = row
        bestValue = value
        bestGain = gain
        bestBridge = bridge
      }
    }
    if (!best) break
    const givesType = typed < 0.6 && best.type - typed >= 0.4 && (bestGain > 0.02 || bestBridge)
    if (chosen.length > 0 && bestGain < leastGain && !givesType) break
    chosen.push(best)
    for (let at = 0; at < covered.length; at++) covered[at] = Math.max(covered[at] ?? 0, best.withContext[at] ?? 0)
    typed = Math.max(typed, best.type * shareOwn(best, evidence))
    const taken = best
    pool = pool.filter((row) => row !== taken && !sameWords(row, taken, passages))
  }
  return { chosen: inReadingOrder(withAntecedents(chosen, evidence, passages), passages, numbers), covered }
}

const hasMatch = (row: SentenceEvidence, evidence: Evidence): boolean =>
  row.own.some((strength, at) => strength * (evidence.weights[at] ?? 0) > 0.1) ||
  (row.type >= 0.8 && row.withContext.some((strength) => strength > 0.7))

/** A line such as a heading that says nothing which its passage's title does not: it would answer a question with its own words. */
function repeatsTitle(row: SentenceEvidence, passages: readonly Passage[]): boolean {
  const passage = passages[row.passage]
  if (!passage || row.length > 16) return false
  const title = new Set(words(passage.title))
  return words(passage.text.slice(row.span.start, row.span.end)).every((word) => title.has(word) || /^\d+$/.test(word))
}

function coverageGain(row: SentenceEvidence, covered: Float32Array, weights: Float32Array): number {
  let gain = 0
  for (let at = 0; at < covered.length; at++) {
    // A word the sentence says itself counts in full, one that only its title says a little less: else every sentence of a page looks alike.
    const strength = Math.max(row.own[at] ?? 0, 0.8 * (row.withContext[at] ?? 0))
    gain += (weights[at] ?? 0) * Math.max(0, strength - (covered[at] ?? 0))
  }
  return gain
}

const shareOwn = (row: SentenceEvidence, evidence: Evidence): number => {
  let sum = 0
  for (let at = 0; at < row.own.length; at++) sum += (evidence.weights[at] ?? 0) * (row.withContext[at] ?? 0)
  return Math.min(1, (2 * sum) / (evidence.total || 1))
}

/** What speaks for a sentence beside coverage. At most about 0.35, so it decides between near equals. */
function sentenceValue(row: SentenceEvidence, evidence: Evidence, typed: number): number {
  const kind = row.span.kind === 'code' ? -0.15 : row.span.kind === 'row' ? -0.05 : 0
  const shape = row.length < 4 ? -0.12 : row.length > 60 ? -0.05 : 0
  return (
    0.18 * Math.max(0, row.type - typed) * shareOwn(row, evidence) +
    0.1 * (evidence.passageScores[row.passage] ?? 0) +
    kind +
    shape -
    Math.min(0.02, row.span.start / 100_000)
  )
}

/**
 * Whether this sentence stands at the other end of a bridge from one that is chosen: retrieval walked between their atoms, or one
 * names the subject of the other where the question does not.
 */
function linked(
  row: SentenceEvidence,
  chosen: readonly SentenceEvidence[],
  plan: Plan,
  passages: readonly Passage[],
  numbers: ReadonlyMap<number, number>,
): boolean {
  const from = numbers.get(passages[row.passage]?.via?.from ?? -1)
  return chosen.some(
    (other) =>
      other.passage !== row.passage &&
      (other.passage === from ||
        numbers.get(passages[other.passage]?.via?.from ?? -1) === row.passage ||
        names(other, passages[row.passage]?.title ?? '', plan, passages) ||
        names(row, passages[other.passage]?.title ?? '', plan, passages)),
  )
}

/** In a source that is cited already, or in a passage that says a name of the question. */
function related(row: SentenceEvidence, chosen: readonly SentenceEvidence[], evidence: Evidence, passages: readonly Passage[]): boolean {
  const source = passages[row.passage]?.sourceId
  return evidence.named[row.passage] === true || chosen.some((other) => passages[other.passage]?.sourceId === source)
}

function names(row: SentenceEvidence, title: string, plan: Plan, passages: readonly Passage[]): boolean {
  const name = title.replace(/\s*\([^)]*\)$/, '')
  if (name.length < 4 || !/\p{Lu}/u.test(name) || plan.question.includes(name)) return false
  return passages[row.passage]?.text.slice(row.span.start, row.span.end).includes(name) ?? false
}

/** The same words from another source, or the same span by another atom: said once. */
function sameWords(a: SentenceEvidence, b: SentenceEvidence, passages: readonly Passage[]): boolean {
  const quoteA = passages[a.passage]?.text.slice(a.span.start, a.span.end)
  return quoteA === passages[b.passage]?.text.slice(b.span.start, b.span.end)
}

/** A sentence that opens with "He" or "This" brings the one before it, when there is room. */
function withAntecedents(chosen: readonly SentenceEvidence[], evidence: Evidence, passages: readonly Passage[]): SentenceEvidence[] {
  const all = [...chosen]
  for (const row of chosen) {
    if (all.length >= mostAnswerSentences) break
    const text = passages[row.passage]?.text ?? ''
    if (!pronoun.test(text.slice(row.span.start, row.span.start + 12))) continue
    // The title says who is meant where pages have one subject each.
    if ((passages[row.passage]?.title ?? '') !== '' && all.some((other) => other !== row && other.passage === row.passage)) continue
    const before = evidence.sentences[evidence.sentences.indexOf(row) - 1]
    if (!before || before.passage !== row.passage || before.span.kind === 'code' || row.span.start - before.span.end > 4 || all.includes(before))
      continue
    if (before.own.some((strength, at) => strength * (evidence.weights[at] ?? 0) > 0.1)) all.push(before)
  }
  return all
}

/** Sentences of one passage together in their order; a passage after the one that led to it, else as chosen. */
function inReadingOrder(chosen: readonly SentenceEvidence[], passages: readonly Passage[], numbers: ReadonlyMap<number, number>): SentenceEvidence[] {
  const order: number[] = []
  const visit = (passage: number) => {
    if (order.includes(passage)) return
    const from = numbers.get(passages[passage]?.via?.from ?? -1)
    order.push(passage)
    if (from === undefined || from === passage || !chosen.some((row) => row.passage === from)) return
    order.splice(order.indexOf(passage), 1)
    if (!order.includes(from)) order.push(from)
    order.splice(order.indexOf(from) + 1, 0, passage)
  }
  for (const row of chosen) visit(row.passage)
  return [...chosen].sort((a, b) => order.indexOf(a.passage) - order.indexOf(b.passage) || a.span.start - b.span.start)
}

/** Citations and the answer's text: every sentence verbatim, followed by its mark. Sentences of one span share a mark. */
export function write(chosen: readonly SentenceEvidence[], passages: readonly Passage[]): { answer: string; citations: Citation[] } {
  const citations: Citation[] = []
  const parts: string[] = []
  for (const row of chosen) {
    const passage = passages[row.passage]
    if (!passage) continue
    const start = passage.start + row.span.start
    const end = passage.start + row.span.end
    if (citations.some((other) => other.sourceId === passage.sourceId && other.start < end && other.end > start)) continue
    const n = citations.length + 1
    const quote = passage.text.slice(row.span.start, row.span.end)
    citations.push({ n, sourceId: passage.sourceId, atomId: passage.atomId, title: passage.title || passage.sourceTitle, quote, start, end })
    parts.push(`${quote} [${n}]`)
  }
  return { answer: parts.join(' '), citations }
}
