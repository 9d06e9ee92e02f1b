import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Passage {
  id: string
  title: string
  text: string
}

/** A retrieval set in the layout of BEIR (Thakur et al., 2021): corpus.jsonl, queries.jsonl and qrels.tsv or qrels/test.tsv. */
export interface JudgedSet {
  passages: Passage[]
  queries: { id: string; text: string }[]
  /** Grades by query and passage. */
  judgements: Map<string, Map<string, number>>
}

/** A fault of the folder that is given: its message is for the person at the terminal. */
export class SetError extends Error {}

/** @throws SetError when the folder, a file or a line is missing or broken */
export function readSet(folder: string): JudgedSet {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new SetError(`${folder}: no such folder`)
  const passages = readLines(join(folder, 'corpus.jsonl')).map(({ value, where }) => {
    const { _id, title, text } = value
    return { id: idOf(_id, where), title: wordsOf(title, 'title', where), text: wordsOf(text, 'text', where) }
  })
  const queries = readLines(join(folder, 'queries.jsonl')).map(({ value, where }) => ({
    id: idOf(value._id, where),
    text: wordsOf(value.text, 'text', where),
  }))
  const file = ['qrels.tsv', join('qrels', 'test.tsv')].map((name) => join(folder, name)).find(existsSync)
  if (!file) throw new SetError(`${join(folder, 'qrels.tsv')}: no such file (nor qrels/test.tsv)`)
  return { passages, queries, judgements: readJudgements(file) }
}

function readLines(file: string): { value: Record<string, unknown>; where: string }[] {
  if (!existsSync(file)) throw new SetError(`${file}: no such file`)
  const list: { value: Record<string, unknown>; where: string }[] = []
  for (const [index, line] of readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    const where = `${file}:${index + 1}`
    list.push({ value: parseLine(line, where), where })
  }
  return list
}

function parseLine(line: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new SetError(`${where}: not a JSON object`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SetError(`${where}: not a JSON object`)
  return value as Record<string, unknown>
}

function idOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number') return String(value)
  throw new SetError(`${where}: _id is missing`)
}

function wordsOf(value: unknown, name: string, where: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  throw new SetError(`${where}: ${name} is not text`)
}

function readJudgements(file: string): Map<string, Map<string, number>> {
  const judgements = new Map<string, Map<string, number>>()
  for (const [index, line] of readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    const [query, passage, score] = line.trim().split('\t')
    const grade = Number(score)
    if (query === undefined || passage === undefined || score === undefined || score.trim() === '' || !Number.isFinite(grade)) {
      if (index === 0) continue // the heading
      throw new SetError(`${file}:${index + 1}: not query-id, corpus-id and score with tabs between`)
    }
    const grades = judgements.get(query) ?? new Map<string, number>()
    judgements.set(query, grades.set(passage, grade))
  }
  return judgements
}
