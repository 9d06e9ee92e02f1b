// The verifier: is every citation exact, does every sentence support the question, and does the whole answer it?
import type { Draft } from './compose.ts'
import type { Evidence, SentenceEvidence } from './evidence.ts'
import type { Passage } from './passage.ts'
import type { AnswerType, Plan } from './plan.ts'

export type AnswerStatus = 'answered' | 'partial' | 'no_answer'

/** What the decision is made from; every value 0..1. */
export interface Signals {
  /** Share of the question's weight that the chosen sentences and their titles say. */
  coverage: number
  /** Share that the best single sentence says in its own words. */
  focus: number
  /** Share of weight on words that mean something specific, said in the sentences' own words. */
  specific: number
  /** Share of what is asked about the names that is said in the sentences' own words; the whole question where it has no names. */
  asked: number
  /** Mean strength of the names; 1 without names. */
  names: number
  /** Weakest name; 1 without names. */
  weakestName: number
  /** Best fit of a supporting sentence to the type of answer asked for. */
  type: number
  /** 1 when a number, time, amount or person is asked for and no supporting sentence holds one. */
  mistyped: number
  /** 1 when only the name of the question is said and nothing of what is asked about it; half of that where a bridge may stand between. */
  ignored: number
  /** Share of the question's weight that no chosen sentence says and the knowledge has no word for. */
  unknown: number
  /** The same, believed only as far as the knowledge is large: a small one lacks words by chance. */
  absent: number
  /** Share of the question's weight that the best single passage says with its title. */
  together: number
  /** Weight share of the heaviest word that nothing chosen says. */
  gap: number
  /** How many specific words are said, 0 none, 1 four or more. */
  breadth: number
}

export interface Verdict {
  status: AnswerStatus
  /** Estimated probability that the answer is supported, 0..1. */
  confidence: number
  kept: SentenceEvidence[]
  /** Sentences taken out, with the reason. */
  rejected: { row: SentenceEvidence; reason: 'inexact' | 'unsupported' }[]
  notFound: string[]
  signals: Signals
}

const typed: ReadonlySet<AnswerType> = new Set(['number', 'money', 'duration', 'date', 'person'])
const answeredFrom = 0.55
const partialFrom = 0.36

/** Judges a draft. Weak sentences are left out and the rest is judged again. */
export function verify(plan: Plan, draft: Draft, passages: readonly Passage[], evidence: Evidence): Verdict {
  const rejected: Verdict['rejected'] = []
  const kept: SentenceEvidence[] = []
  for (const row of draft.chosen) {
    if (!exact(row, passages)) rejected.push({ row, reason: 'inexact' })
    else if (!supports(row, evidence)) rejected.push({ row, reason: 'unsupported' })
    else kept.push(row)
  }
  const covered = new Float32Array(plan.terms.length)
  for (const row of kept) for (let at = 0; at < covered.length; at++) covered[at] = Math.max(covered[at] ?? 0, row.withContext[at] ?? 0)
  const signals = measure(plan, kept, covered, evidence)
  const confidence = kept.length === 0 ? 0 : reliability(signals)
  const status: AnswerStatus = confidence >= answeredFrom ? 'answered' : confidence >= partialFrom ? 'partial' : 'no_answer'
  return {
    status,
    confidence: Math.round((status === 'no_answer' ? Math.min(confidence, partialFrom) : confidence) * 1000) / 1000,
    kept: status === 'no_answer' ? [] : kept,
    rejected,
    notFound: notFound(plan, status, covered, evidence),
    signals,
  }
}

function exact(row: SentenceEvidence, passages: readonly Passage[]): boolean {
  const text = passages[row.passage]?.text
  if (text === undefined || row.span.start < 0 || row.span.end > text.length || row.span.start >= row.span.end) return false
  const quote = text.slice(row.span.start, row.span.end)
  return quote.trim() === quote && !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(quote)
}

/** A sentence must say something of the question itself, or hold the answer's type under a title that does. */
function supports(row: SentenceEvidence, evidence: Evidence): boolean {
  let own = 0
  let around = 0
  for (let at = 0; at < row.own.length; at++) {
    own += (row.own[at] ?? 0) * (evidence.weights[at] ?? 0)
    around += (row.withContext[at] ?? 0) * (evidence.weights[at] ?? 0)
  }
  return own >= 0.12 * evidence.total || (around >= 0.5 * evidence.total && row.type >= 0.6)
}

function measure(plan: Plan, kept: readonly SentenceEvidence[], covered: Float32Array, evidence: Evidence): Signals {
  const total = evidence.total || 1
  let coverage = 0
  let specificSaid = 0
  let specificTotal = 0
  let askedSaid = 0
  let askedTotal = 0
  let unknown = 0
  let gap = 0
  let breadth = 0
  plan.terms.forEach((term, at) => {
    const weight = evidence.weights[at] ?? 0
    const strength = covered[at] ?? 0
    coverage += weight * strength
    let own = 0
    for (const row of kept) own = Math.max(own, row.own[at] ?? 0)
    if (term.weight >= 0.7) {
      specificTotal += weight
      specificSaid += weight * own
      if (strength >= 0.5) breadth++
    }
    if (term.name < 0) {
      askedTotal += weight
      askedSaid += weight * Math.max(own, 0.7 * strength)
    }
    if (!evidence.known[at] && strength < 0.5) unknown += weight
    if (strength < 0.5) gap = Math.max(gap, weight)
  })
  let focus = 0
  for (const row of kept) {
    let sum = 0
    for (let at = 0; at < row.own.length; at++) sum += (row.own[at] ?? 0) * (evidence.weights[at] ?? 0)
    focus = Math.max(focus, sum / total)
  }
  const nameStrengths = [...evidence.names]
  let together = 0
  for (const index of new Set(kept.map((row) => row.passage))) {
    let sum = 0
    evidence.passageMatches[index]?.forEach((strength, at) => {
      sum += strength * (evidence.weights[at] ?? 0)
    })
    together = Math.max(together, sum / total)
  }
  const type = kept.reduce((best, row) => Math.max(best, row.type), 0)
  const asked = askedTotal > 0.2 ? askedSaid / askedTotal : 1
  return {
    coverage: coverage / total,
    focus,
    specific: specificTotal > 0 ? specificSaid / specificTotal : 0,
    asked,
    names: nameStrengths.length > 0 ? nameStrengths.reduce((sum, strength) => sum + strength, 0) / nameStrengths.length : 1,
    weakestName: nameStrengths.length > 0 ? Math.min(...nameStrengths) : 1,
    type,
    mistyped: typed.has(plan.expects) ? Math.max(0, 1 - type / 0.5) : 0,
    ignored: nameStrengths.length > 0 ? Math.max(0, 1 - asked / 0.35) * (nameStrengths.length === 1 && plan.subQuestions.length === 0 ? 1 : 0.5) : 0,
    unknown: unknown / total,
    absent: (unknown / total) * (evidence.atoms / (evidence.atoms + 100)),
    together,
    gap: gap / total,
    breadth: Math.min(1, breadth / 4),
  }
}

// Fitted by logistic regression, each sign held to what the signal means, on the questions of judged.fixture.ts, on questions about
// package documentation and on public multi-hop questions, each asked of their own texts and of texts of another subject.
const intercept = -5.29
const coefficients: Readonly<Record<keyof Signals, number>> = {
  coverage: 1.42,
  focus: 1.59,
  specific: 0.43,
  asked: 0.36,
  names: 1.4,
  weakestName: 0.97,
  type: 0.94,
  unknown: -1.79,
  absent: -1.25,
  gap: -2.17,
  breadth: 0.23,
  together: 1.88,
  mistyped: -2.02,
  ignored: -2.6,
}

/** Estimated probability that the kept sentences support an answer. */
export function reliability(signals: Signals): number {
  let z = intercept
  for (const name of Object.keys(coefficients) as (keyof Signals)[]) z += coefficients[name] * signals[name]
  return 1 / (1 + Math.exp(-z))
}

function strongest(evidence: Evidence, count: number): Float32Array {
  const best = new Float32Array(count)
  for (const match of evidence.passageMatches) for (let at = 0; at < count; at++) best[at] = Math.max(best[at] ?? 0, match[at] ?? 0)
  return best
}

function notFound(plan: Plan, status: AnswerStatus, covered: Float32Array, evidence: Evidence): string[] {
  if (status === 'answered') return missing(plan, covered, evidence, 0.25, 0.7)
  if (status === 'partial') return missing(plan, covered, evidence, 0.45, 0.7)
  // Words that stand somewhere, but not together: then what the best sentences lack is missing, at last all that is asked.
  const nowhere = missing(plan, strongest(evidence, covered.length), evidence, 0.45, 0.7)
  if (nowhere.length > 0) return nowhere
  const here = missing(plan, covered, evidence, 0.5, 0.3)
  return here.length > 0 ? here : missing(plan, new Float32Array(covered.length), evidence, 0.5, 0.3)
}

/** What of the question nothing says, in the question's own words: names first, neighbouring words together. */
function missing(plan: Plan, covered: Float32Array, evidence: Evidence, below: number, specific: number): string[] {
  const lacking = plan.names.filter((_, index) => (evidence.names[index] ?? 0) < 0.6)
  const phrases: string[] = []
  let last = -2
  plan.terms.forEach((term, at) => {
    if ((covered[at] ?? 0) >= below || term.weight < specific || (term.name >= 0 && lacking.includes(plan.names[term.name] ?? ''))) return
    if (term.at === last + 1 && phrases.length > 0) phrases[phrases.length - 1] += ` ${term.word}`
    else phrases.push(term.word)
    last = term.at
  })
  return [...new Set([...lacking, ...phrases])].slice(0, 8)
}
