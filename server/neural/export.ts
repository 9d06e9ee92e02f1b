import { and, asc, eq, gt, lte, sql } from 'drizzle-orm'
import { type ExportKind, exportView, startExport } from '../gateway/exports.ts'
import { noInput, operation } from '../gateway/operation.ts'
import type { Services } from '../gateway/services.ts'
import { rows, type Transaction } from '../storage/database/port.ts'
import { knowledgeAtoms, knowledgeStates, sources } from './tables.ts'

const [sourcesAtOnce, atomsAtOnce] = [20, 500]

const line = (value: object) => `${JSON.stringify(value)}\n`

interface SourcePage {
  lines: string
  /** Id of the last one; null at the end. */
  last: string | null
}

/** Sources with the text that citations slice, by id, after one of them. */
async function sourceLines(tx: Transaction, after: string | null): Promise<SourcePage> {
  const found = await tx
    .select()
    .from(sources)
    .where(and(eq(sources.state, 'ready'), after === null ? undefined : gt(sources.id, after)))
    .orderBy(asc(sources.id))
    .limit(sourcesAtOnce)
  const lines = found.map(({ id, title, origin, contentType, location, createdAt, text }) =>
    line({ source: { id, title, origin, content_type: contentType, location, created_at: createdAt.toISOString(), text } }),
  )
  return { last: found.at(-1)?.id ?? null, lines: lines.join('') }
}

/** Atoms by number, with where they stand in their sources. */
async function atomLines(tx: Transaction, enterpriseId: string, after: number): Promise<string> {
  const between = and(gt(knowledgeAtoms.number, after), lte(knowledgeAtoms.number, after + atomsAtOnce))
  const found = await tx.select().from(knowledgeAtoms).where(between).orderBy(asc(knowledgeAtoms.number))
  const places = await rows<{ atom: number; at: unknown }>(
    tx,
    sql`select atom, json_agg(json_build_object('source_id', source_id, 'start', start, 'end', "end") order by source_id, ordinal) as at from occurrences
      where enterprise_id = ${enterpriseId} and atom > ${after}::int and atom <= ${after + atomsAtOnce}::int group by atom`,
  )
  const placesOf = new Map(places.map(({ atom, at }) => [atom, at]))
  return found
    .map(({ id, number, title, kind, text, semanticSummary, knowledgeDomains }) =>
      line({
        atom: { id, title, kind, text, semantic_summary: semanticSummary, knowledge_domains: knowledgeDomains },
        occurrences: placesOf.get(number) ?? [],
      }),
    )
    .join('')
}

/** Every source that is read and every atom, in short transactions: what changes meanwhile is there as it was before or after. */
async function gather({ database }: Services, enterpriseId: string, progress: (done: number, total: number) => Promise<void>): Promise<File> {
  const atoms = await database.read(enterpriseId, async (tx) => {
    const [state] = await tx.select({ next: knowledgeStates.nextNumber }).from(knowledgeStates)
    return (state?.next ?? 1) - 1
  })
  const parts = [line({ format: 'aia-knowledge/1', exported_at: new Date().toISOString() })]
  let after: string | null = null
  do {
    const page: SourcePage = await database.read(enterpriseId, (tx) => sourceLines(tx, after))
    parts.push(page.lines)
    after = page.last
    await progress(0, Math.max(1, atoms))
  } while (after)
  for (let done = 0; done < atoms; done += atomsAtOnce) {
    parts.push(await database.read(enterpriseId, (tx) => atomLines(tx, enterpriseId, done)))
    await progress(Math.min(atoms, done + atomsAtOnce), atoms)
  }
  return new File(parts, 'knowledge.jsonl', { type: 'application/x-ndjson' })
}

export const knowledgeExport: ExportKind = {
  kind: 'knowledge',
  gather: (services, { enterpriseId }, progress) => gather(services, enterpriseId, progress),
}

export const exportKnowledge = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/neural/export',
    successStatus: 202,
    summary: 'Have all sources with their texts and all atoms made into a file of JSON lines to download',
    tags: ['neural'],
  })
  .input(noInput)
  .output(exportView)
  .handler(async ({ context: { tx, caller, services, audit } }) => {
    const made = await startExport(tx, services, caller, { kind: 'knowledge', format: 'jsonl' })
    audit({ target: made.id, after: { kind: made.kind }, detail: { kind: made.kind } })
    return made
  })
