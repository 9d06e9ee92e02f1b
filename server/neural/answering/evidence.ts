// How well each sentence of the passages speaks to the question.

import { specificity } from './generic.ts'
import { isNumberWord, tokens, wordForms } from './matching.ts'
import type { Passage, Vocabulary } from './passage.ts'
import type { AnswerType, Plan } from './plan.ts'
import { type Sentence, sentences } from './sentences.ts'

/** How far a match counts: the same index term, the same root, a near synonym. */
const strengthOf = { term: 1, root: 0.85, group: 0.7, faintGroup: 0.45 } as const
/** What a sentence's surroundings add for words it does not say itself. */
const context = { title: 0.85, heading: 0.75, source: 0.55, before: 0.5, passage: 0.35 } as const

export interface SentenceEvidence {
  passage: number
  span: Sentence
  /** Strength 0..1 by question term, from the sentence's own words. */
  own: Float32Array
  /** The same with what its title, heading and neighbours add. */
  withContext: Float32Array
  /** 1 when the sentence holds an answer of the expected type that the question does not give, 0.5 when that cannot be told, else 0. */
  type: number
  length: number
}

export interface Evidence {
  /** Weight by question term: what the word says in general times how rare it is here. */
  weights: Float32Array
  total: number
  sentences: SentenceEvidence[]
  /** Passages' scores over the highest, 0..1. */
  passageScores: number[]
  /** Strength 0..1 by question term, anywhere in each passage or its titles. */
  passageMatches: Float32Array[]
  /** By passage: whether it or its title says a name of the question word for word. */
  named: boolean[]
  /** By name of the plan: 1 said word for word in a passage, less when only parts are. */
  names: Float32Array
  /** How many atoms the knowledge has. */
  atoms: number
  /** By question term: whether the knowledge has the index term at all. */
  known: boolean[]
}

const longestPassage = 12_000
const mostSentences = 600

/** Reads the passages with the question in mind. Linear in their text. */
export function gather(plan: Plan, passages: readonly Passage[], vocabulary: Vocabulary): Evidence {
  const count = plan.terms.length
  const weights = termWeights(plan, vocabulary)
  const most = vocabulary.idf('\u0000')
  const match = matcher(plan)
  const highest = passages.reduce((best, passage) => Math.max(best, passage.score), 0)
  const evidence: Evidence = {
    weights,
    total: weights.reduce((sum, weight) => sum + weight, 0),
    sentences: [],
    passageScores: passages.map((passage) => (highest > 0 ? Math.max(0, passage.score) / highest : 0)),
    passageMatches: [],
    named: [],
    names: new Float32Array(plan.names.length),
    atoms: vocabulary.atoms,
    known: plan.terms.map((term) => vocabulary.idf(term.term) < most - 1e-9),
  }
  const asked = new Set(tokens(plan.question).map((word) => wordForms(word).root))
  passages.forEach((passage, index) => {
    const text = passage.text.slice(0, longestPassage)
    const title = match(tokens(passage.title), new Float32Array(count))
    const source = match(tokens(passage.sourceTitle), new Float32Array(count))
    let heading: Float32Array = new Float32Array(count)
    let before: Float32Array = new Float32Array(count)
    const whole = new Float32Array(count)
    const rows: SentenceEvidence[] = []
    for (const span of sentences(text)) {
      const quote = text.slice(span.start, span.end)
      const list = tokens(withoutTargets(quote))
      const own = match(list, new Float32Array(count))
      raise(whole, own, 1)
      if (span.kind === 'heading') {
        heading = own
        continue
      }
      if (rows.length + evidence.sentences.length >= mostSentences) break
      const withContext = own.slice()
      raise(withContext, title, context.title)
      raise(withContext, heading, context.heading)
      raise(withContext, source, context.source)
      raise(withContext, before, context.before)
      rows.push({ passage: index, span, own, withContext, type: answers(plan, quote, list, asked, span), length: list.length })
      before = own
    }
    for (const row of rows) raise(row.withContext, whole, context.passage)
    raise(whole, title, 1)
    raise(whole, source, context.source)
    evidence.sentences.push(...rows)
    evidence.passageMatches.push(whole)
  })
  const lowered = passages.map((passage) => `${passage.title}\n${passage.text}`.toLowerCase())
  plan.names.forEach((name, index) => {
    const plain = name.toLowerCase().replace(/\s+/g, ' ')
    const saying = lowered.map((text) => text.includes(plain))
    // A year alone relates no two texts.
    if (!/^\d+$/.test(plain)) evidence.named = saying.map((said, at) => said || evidence.named[at] === true)
    evidence.names[index] = saying.includes(true) ? 1 : nameParts(plan, index, evidence.passageMatches)
  })
  return evidence
}

/** A sentence without the addresses behind its links, whose words nobody reads. */
const withoutTargets = (quote: string): string =>
  quote.includes('://') || quote.includes('](') ? quote.replace(/\]\([^)\s]*\)?/g, '] ').replace(/https?:\/\/\S+/g, ' ') : quote

/** Half the idf is believed at 40 atoms, and never so much that a common but telling word counts nothing. */
function termWeights(plan: Plan, vocabulary: Vocabulary): Float32Array {
  const most = vocabulary.idf('\u0000')
  const belief = vocabulary.atoms / (vocabulary.atoms + 40)
  return Float32Array.from(plan.terms, (term) => {
    const rarity = most > 0 ? Math.min(1, Math.max(0, vocabulary.idf(term.term) / most)) : 1
    return term.weight * (1 - belief + belief * (0.25 + 0.75 * rarity))
  })
}

const raise = (into: Float32Array, from: Float32Array, factor: number): void => {
  for (let at = 0; at < into.length; at++) into[at] = Math.max(into[at] ?? 0, (from[at] ?? 0) * factor)
}

type Matcher = (list: readonly string[], into: Float32Array) => Float32Array

function matcher(plan: Plan): Matcher {
  const byTerm = new Map<string, number>()
  const byRoot = new Map<string, number[]>()
  const byGroup = new Map<number, number[]>()
  plan.terms.forEach((term, index) => {
    byTerm.set(term.term, index)
    byRoot.set(term.root, [...(byRoot.get(term.root) ?? []), index])
    // Inside a name only the word itself will do.
    if (term.group >= 0 && term.name < 0) byGroup.set(term.group, [...(byGroup.get(term.group) ?? []), index])
  })
  const set = (into: Float32Array, at: number, strength: number) => {
    if ((into[at] ?? 0) < strength) into[at] = strength
  }
  return (list, into) => {
    for (const word of list) {
      const forms = wordForms(word)
      const exact = byTerm.get(forms.term)
      if (exact !== undefined) set(into, exact, strengthOf.term)
      for (const at of byRoot.get(forms.root) ?? []) set(into, at, strengthOf.root)
      const likely = forms.group >= 0 ? byGroup.get(forms.group) : undefined
      // "start" is too common a word to stand for "found" as well as the reverse.
      if (likely) for (const at of likely) set(into, at, specificity(word) < 1 ? strengthOf.faintGroup : strengthOf.group)
    }
    return into
  }
}

function nameParts(plan: Plan, index: number, matches: readonly Float32Array[]): number {
  const parts = plan.terms.map((term, at) => (term.name === index ? at : -1)).filter((at) => at >= 0)
  if (parts.length === 0) return 0
  let best = 0
  for (const match of matches) {
    let sum = 0
    let weight = 0
    for (const at of parts) {
      sum += (plan.terms[at]?.weight ?? 0) * (match[at] ?? 0)
      weight += plan.terms[at]?.weight ?? 0
    }
    best = Math.max(best, weight > 0 ? sum / weight : 0)
  }
  // Every part somewhere in one passage may be the name ("Brannick, Odo"); half of them is another name.
  return (best >= 0.8 ? (parts.length > 1 ? 0.7 : 0.9) : 0.4) * best
}

const measureUnits = {
  size: /\d\s*(?:[kmgt]i?b|bytes?|cm|mm|km|m|ha|acres?|hectares?|square|inch(?:es)?|feet|pixels?|px|characters?|people|members|seats|(?:kilo|mega|giga)bytes?)\b/i,
  length:
    /\d\s*(?:[ckm]?m|met(?:re|er)s?|kilomet(?:re|er)s?|centimet(?:re|er)s?|miles?|feet|foot|ft|inch(?:es)?|yards?|pages?|characters?|words?)\b/i,
  weight: /\d\s*(?:[km]?g|kilos?|kilograms?|grams?|t|tons?|tonnes?|lbs?|pounds?|ounces?)\b/i,
  warmth: /\d\s*(?:°|degrees?|celsius|fahrenheit|kelvin|[cfk]\b)/i,
  age: /\d+\s*(?:years?|months?|-year)|\bborn\b|\b(?:1\d{3}|20\d{2})\b/i,
  share: /\d\s*%|\bper ?cent\b/i,
} as const
const month =
  /\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i
const times =
  /\b(?:second|minute|hour|day|week|month|quarter|year|decade|century|centurie)s?\b|\b(?:daily|hourly|weekly|monthly|quarterly|yearly|annual|annually|nightly|immediately|always|never|once|twice)\b/i
const roles =
  /\b(?:manager|director|officer|team|department|committee|board|lead|head|owner|administrator|chief|president|staff|employee|supervisor|desk|office|ceo|cto|cfo|ciso|hr|engineer|lawyer|vendor|supplier|customer)s?\b/i
const reasons =
  /\b(?:because|since|due to|so that|in order to|as a result|therefore|caused|cause|reason|thus|to avoid|to prevent|to ensure|to protect|to keep|which means|otherwise)\b/i

/** Whether a sentence holds an answer of the expected type beside what the question says already. */
function answers(plan: Plan, quote: string, list: readonly string[], asked: ReadonlySet<string>, span: Sentence): number {
  const type: AnswerType = plan.expects
  const fresh = (word: string) => !asked.has(wordForms(word).root)
  switch (type) {
    case 'number':
    case 'money': {
      const at = list.findIndex((word) => isNumberWord(word) && fresh(word))
      if (at < 0) return 0
      if (type === 'money') return /[$€£¥%]|\b(?:usd|eur|gbp|dollars?|euros?|pounds?|cents?|percent|free)\b/i.test(quote) ? 1 : 0.6
      if (plan.measure !== null) return measureUnits[plan.measure].test(quote) ? 1 : 0.5
      if (plan.unit.length === 0) return 1
      return list.some(
        (word, place) =>
          isNumberWord(word) && fresh(word) && list.slice(place + 1, place + 6).some((next) => plan.unit.includes(wordForms(next).root)),
      )
        ? 1
        : 0.6
    }
    case 'duration': {
      const numbered = list.some((word) => isNumberWord(word) && fresh(word))
      if (plan.measure === 'length' && numbered && measureUnits.length.test(quote)) return 1
      if (!times.test(quote)) return 0
      if (plan.unit.length > 0) return numbered && list.some((word) => plan.unit.includes(wordForms(word).root)) ? 1 : numbered ? 0.6 : 0.3
      return numbered || /\b(?:daily|hourly|weekly|monthly|quarterly|yearly|annual|annually|nightly|every|each|once|twice|immediately)\b/i.test(quote)
        ? 1
        : 0.3
    }
    case 'date':
      return list.some((word) => /^(?:1\d{3}|20\d{2})s?$/.test(word) && fresh(word)) || month.test(quote)
        ? 1
        : times.test(quote) || /\d/.test(quote) || /\b(?:before|after|when|once|as soon as|upon|until|within|if)\b/i.test(quote)
          ? 0.6
          : 0
    case 'person':
      return list.some((word, at) => at > 0 && /^\p{Lu}\p{Ll}/u.test(word) && fresh(word))
        ? 1
        : roles.test(quote)
          ? 0.8
          : /^\p{Lu}\p{Ll}/u.test(list[0] ?? '') && fresh(list[0] ?? '')
            ? 0.4
            : 0.1
    case 'place':
      return /\b(?:in|at|near|from|to|of|on)\s+(?:the\s+)?\p{Lu}/u.test(quote)
        ? 1
        : /\b(?:in|at|on|under|inside|behind|via|through)\s+(?:the|an?|your|its)\s/i.test(quote)
          ? 0.7
          : 0.2
    case 'reason':
      return reasons.test(quote) ? 1 : 0.4
    case 'list':
      return span.kind === 'item' || (quote.match(/[,;]/g)?.length ?? 0) >= 2 ? 1 : 0.4
    case 'definition':
      return /\b(?:is|are|was|were|means|refers to|stands for|denotes|describes|provides|allows|lets)\b/i.test(quote) ? 1 : 0.3
    case 'yes_no':
    case 'other':
      return 0.5
  }
}
