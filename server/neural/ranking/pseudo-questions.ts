import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { indexTerms, isStopWord, words } from '../lexical/analysis.ts'
import type { HeldOut } from './latent-switch.ts'
import { seededRandom } from './random.ts'

/** A question that the workspace asks itself, with the atoms that answer it. */
export interface PseudoQuestion {
  question: string
  /** `sentence`: a middle sentence of the atom, which a fair test takes out of the atom first. */
  origin: 'title' | 'heading' | 'link' | 'sentence'
  /** Atom numbers. */
  relevant: number[]
}

const fewestWords = 6
const mostWords = 60

const beforeCapital = /(?<=[.!?])\s+(?=[\p{Lu}\d"“(])/u
/** In a text without capital letters, as old collections of abstracts are, only the mark tells. */
const anyEnd = /(?<=[.!?])\s+/u

/** Sentences of a text that have another before and after them, and 6 to 60 words. */
export function middleSentences(text: string): string[] {
  const list = text.split(/\p{Lu}/u.test(text) ? beforeCapital : anyEnd)
  return list.slice(1, -1).filter((sentence) => {
    const found = words(sentence)
    return found.length >= fewestWords && found.length <= mostWords && found.filter((word) => !isStopWord(word)).length >= fewestWords / 2
  })
}

interface Sampled {
  number: number
  title: string
  text: string
  heading_path: string[]
}

/**
 * At most `count` atoms, the same for the same knowledge and seed whatever its order: those with the smallest hashes of content
 * and seed.
 */
async function sampleAtoms(tx: Transaction, enterpriseId: string, seed: number, count: number): Promise<Sampled[]> {
  return rows<Sampled>(
    tx,
    sql`select a.number, a.title, a.text, coalesce(array(select json_array_elements_text(a.technical_context->'heading_path')), '{}') as heading_path
      from knowledge_atoms a where a.enterprise_id = ${enterpriseId} and length(a.text) between 80 and 20000
      order by md5(a.content_hash || ${String(seed)}) limit ${count}`,
  )
}

/** Held-out sentences: at most three an atom, at most `count` in all. */
export async function sentenceQuestions(tx: Transaction, enterpriseId: string, options: { seed: number; count: number }): Promise<HeldOut[]> {
  const random = seededRandom(options.seed)
  const sampled = await sampleAtoms(tx, enterpriseId, options.seed, options.count * 2)
  const perAtom = sampled.map((atom) => ({ ...atom, sentences: middleSentences(atom.text) })).filter(({ sentences }) => sentences.length > 0)
  const taken = new Map<number, string[]>()
  let count = 0
  for (let round = 0; round < 3 && count < options.count; round++) {
    for (const { number, sentences } of perAtom) {
      if (sentences.length === 0 || count >= options.count) continue
      const [sentence] = sentences.splice(Math.floor(random() * sentences.length), 1)
      if (sentence === undefined) continue
      taken.set(number, [...(taken.get(number) ?? []), sentence])
      count++
    }
  }
  return perAtom.flatMap(({ number, title, text }) => {
    const sentences = taken.get(number) ?? []
    if (sentences.length === 0) return []
    const rest = indexTerms(
      title,
      sentences.reduce((left, sentence) => left.replace(sentence, () => ' '), text),
    )
    return sentences.map((question) => ({ question, number, rest }))
  })
}

/**
 * Questions for the frozen judged set of a workspace, from its own titles, headings, links and sentences; the same for the same
 * knowledge and seed. About a quarter of each origin, as far as there are any.
 */
export async function pseudoQuestions(tx: Transaction, enterpriseId: string, options: { seed: number; count: number }): Promise<PseudoQuestion[]> {
  const share = Math.max(1, Math.floor(options.count / 4))
  const sampled = await sampleAtoms(tx, enterpriseId, options.seed, options.count * 3)
  const says = (text: string): boolean => words(text).filter((word) => !isStopWord(word)).length >= 2
  const titles = distinct(
    sampled.filter(({ title }) => says(title)).map(({ title, number }) => ({ question: title, origin: 'title' as const, relevant: [number] })),
  )
  const headings = distinct(
    sampled
      .filter(({ heading_path }) => heading_path.length > 1 && says(heading_path.join(' ')))
      .map(({ heading_path, number }) => ({ question: heading_path.slice(-2).join(' '), origin: 'heading' as const, relevant: [number] })),
  )
  const linked = await rows<{ question: string; target: number }>(
    tx,
    sql`select s.title as question, p.target from pathways p join knowledge_atoms s on s.enterprise_id = p.enterprise_id and s.number = p.source
      join knowledge_atoms t on t.enterprise_id = p.enterprise_id and t.number = p.target
      where p.enterprise_id = ${enterpriseId} and p.kind in ('references', 'related')
      order by md5(s.content_hash || t.content_hash || ${String(options.seed)}) limit ${options.count}`,
  )
  const links = distinct(
    linked.filter(({ question }) => says(question)).map(({ question, target }) => ({ question, origin: 'link' as const, relevant: [target] })),
  )
  const sentences = (await sentenceQuestions(tx, enterpriseId, { seed: options.seed, count: share })).map(({ question, number }) => ({
    question,
    origin: 'sentence' as const,
    relevant: [number],
  }))
  return [...titles.slice(0, share), ...headings.slice(0, share), ...links.slice(0, share), ...sentences]
}

/** One question for the same words; what it finds adds up. */
function distinct(list: PseudoQuestion[]): PseudoQuestion[] {
  const found = new Map<string, PseudoQuestion>()
  for (const item of list) {
    const known = found.get(item.question)
    if (known) known.relevant.push(...item.relevant.filter((number) => !known.relevant.includes(number)))
    else found.set(item.question, { ...item, relevant: [...item.relevant] })
  }
  return [...found.values()]
}
