// Corpora for measurements: documents made of real sentences by a seed, and the way they are put into the knowledge and taken out, without parsing.
import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { type IngestPart, ingest } from '../server/neural/knowledge/ingest.ts'
import { remove } from '../server/neural/knowledge/remove.ts'
import type { AnalysedTexts } from '../server/neural/knowledge/text-analysis.ts'
import type { LexicalIndex } from '../server/neural/lexical/lexical-index.ts'
import type { ParsedDocument, Segment } from '../server/neural/parsing/document.ts'
import { asJson, type Database } from '../server/storage/database/port.ts'

export type Material = ReturnType<typeof material>

/** Sentences and titles of real texts: the retrieval sets beside the project when they are there, else the installed packages' READMEs. */
export function material(): { from: string; sentences: string[]; titles: string[] } {
  const sets = ['hotpot100', 'musique100'].map((set) => join('..', 'shared', 'data', set, 'corpus.jsonl')).filter((path) => existsSync(path))
  const texts = sets.flatMap((path) => {
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line) as { title: string; text: string })
  })
  if (texts.length === 0) {
    for (const name of readdirSync('node_modules').sort()) {
      const path = join('node_modules', name, 'README.md')
      if (existsSync(path)) texts.push({ title: name, text: readFileSync(path, 'utf8') })
    }
  }
  const sentences = texts.flatMap(({ text }) => text.split(/(?<=[.!?])\s+/u)).filter((sentence) => sentence.length > 30 && sentence.length < 400)
  return {
    from: sets.length > 0 ? 'encyclopaedia passages' : 'package READMEs',
    sentences: [...new Set(sentences)],
    titles: texts.map(({ title }) => title),
  }
}

/** A document of some passages of three to six sentences; every third passage brings a name that nothing else has. */
export function makeDocument(random: () => number, { sentences, titles }: Material, passages: number, serial: number): ParsedDocument {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] as string
  const title = random() < 0.5 ? `${pick(titles)} ${serial}` : pick(titles)
  const segments: Segment[] = []
  let text = ''
  for (let i = 0; i < passages; i++) {
    const list = Array.from({ length: 3 + Math.floor(random() * 4) }, () => pick(sentences))
    if (i % 3 === 0) list.push(`It is kept at Station Q${serial}x${i}.`)
    const start = text.length
    text += list.join(' ')
    const name = i === 0 ? title : random() < 0.2 ? pick(titles) : null
    segments.push({
      kind: i === 0 ? 'document' : 'passage',
      title: name ?? title,
      name,
      headingPath: i === 0 ? [] : [title],
      start,
      end: text.length,
      parent: i === 0 ? null : 0,
      address: `bench:${serial}#${i}`,
      links: i === 1 ? [{ kind: 'references', target: `bench:${Math.floor(random() * serial)}#0` }] : [],
    })
    text += '\n\n'
  }
  return { title, text, contentType: 'text/plain', language: 'eng', tags: [], segments }
}

export const rounded = (ms: number): number => Math.round(ms * 10) / 10
export const spread = (list: readonly number[]): { p50: number; p95: number; max: number } => {
  const sorted = [...list].sort((a, b) => a - b)
  const at = (share: number): number => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number)
  return { p50: at(0.5), p95: at(0.95), max: rounded(sorted.at(-1) as number) }
}

/** A name and some words of a sentence, as people ask. */
export function makeQuestion(random: () => number, { sentences, titles }: Material): string {
  const words = (sentences[Math.floor(random() * sentences.length)] as string).split(' ').slice(0, 8)
  const title = titles[Math.floor(random() * titles.length)] as string
  return `What does ${title} have to do with ${words.join(' ')}?`
}

export const newPart = (random: () => number, source: Material, passages: number, serial: number): IngestPart => ({
  sourceId: randomUUID(),
  document: makeDocument(random, source, passages, serial),
})

/** Puts documents into the knowledge of an enterprise and takes them out, each in one transaction; gives milliseconds. */
export function knowledgeOf(database: Database, index: LexicalIndex, enterpriseId: string) {
  const give = async (parts: IngestPart[], analysed?: AnalysedTexts): Promise<number> => {
    const rows = parts.map(({ sourceId, document }) => ({ id: sourceId, title: document.title, text: document.text }))
    const started = performance.now()
    await database.tenant(enterpriseId, async (tx) => {
      await tx.execute(sql`insert into sources (id, enterprise_id, title, origin, content_type, byte_length, state, text, created_by)
        select s.id, ${enterpriseId}::uuid, s.title, 'text', 'text/plain', octet_length(s.text), 'ready', s.text, 'bench'
        from json_to_recordset(${asJson(rows)}::text::json) as s(id uuid, title text, text text)`)
      await ingest(tx, index, enterpriseId, parts, analysed)
    })
    return performance.now() - started
  }
  const take = async (id: string): Promise<number> => {
    const started = performance.now()
    await database.tenant(enterpriseId, async (tx) => {
      await remove(tx, index, enterpriseId, [id])
      await tx.execute(sql`delete from sources where enterprise_id = ${enterpriseId} and id = ${id}`)
    })
    return performance.now() - started
  }

  return { give, take }
}

/** Where and when something was measured. */
export const circumstances = () => ({
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load_at_start: rounded(loadavg()[0] ?? 0),
  },
})
