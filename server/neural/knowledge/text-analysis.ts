import { summarise } from '../answering/summarise.ts'
import { indexTerms } from '../lexical/analysis.ts'
import { type Phrase, phrases } from '../lexical/phrases.ts'
import { sketch } from './sketch.ts'

/** What the text of an atom says by itself, whatever title and corpus it has. Numbers and strings only, so that it can pass between threads. */
export interface AnalysedText {
  phrases: readonly Phrase[]
  summary: string
  sketch: readonly string[]
  /** What `indexTerms` counts. */
  length: number
  terms: ReadonlyMap<string, number>
}

/** By text. */
export type AnalysedTexts = ReadonlyMap<string, AnalysedText>

/** A text, each part of it analysed when first asked for, unless that was done before. */
export class TextAnalysis implements AnalysedText {
  readonly #text: string
  readonly #done: Partial<AnalysedText>

  constructor(text: string, done: AnalysedText | undefined = undefined) {
    this.#text = text
    this.#done = { ...done }
  }

  get phrases(): readonly Phrase[] {
    this.#done.phrases ??= phrases(this.#text)
    return this.#done.phrases
  }

  get summary(): string {
    this.#done.summary ??= summarise(this.#text)
    return this.#done.summary
  }

  get sketch(): readonly string[] {
    this.#done.sketch ??= sketch(this.#text, this.phrases)
    return this.#done.sketch
  }

  get length(): number {
    return this.#counted().length
  }

  get terms(): ReadonlyMap<string, number> {
    return this.#counted().terms
  }

  #counted(): Pick<AnalysedText, 'length' | 'terms'> {
    const { length, terms } = this.#done
    if (length !== undefined && terms !== undefined) return { length, terms }
    return Object.assign(this.#done, indexTerms('', this.#text))
  }
}

/** All of it at once, to be handed to another thread. */
export function analyseText(text: string): AnalysedText {
  const { phrases, summary, sketch, length, terms } = new TextAnalysis(text)
  return { phrases, summary, sketch, length, terms }
}
