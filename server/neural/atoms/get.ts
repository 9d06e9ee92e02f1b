import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { rows } from '../../storage/database/port.ts'
import { atomDetail } from '../contract.ts'
import { knowledgeAtoms, occurrences, type PathwayKind, sources } from '../tables.ts'
import { atomView } from './view.ts'
import { saidWithin, titleWithin } from './within.ts'

/** The heaviest neighbours that are sent with an atom; `neighbours_total` says how many there are. */
const neighboursShown = 100

export const getAtom = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source' } })
  .route({ method: 'GET', path: '/v1/neural/atoms/{id}', summary: 'One atom: text, context, where it stands, neighbours', tags: ['neural'] })
  .input(z.strictObject({ id: z.uuid() }))
  .output(atomDetail)
  .handler(async ({ input, context: { tx, caller, within } }) => {
    const [atom] = await tx
      .select()
      .from(knowledgeAtoms)
      .where(and(eq(knowledgeAtoms.id, input.id), saidWithin(caller.enterpriseId, within, sql`${knowledgeAtoms.number}`)))
    if (!atom) throw problem('not_found', 'There is no such atom.')
    const places = await tx
      .select({ occurrence: occurrences, sourceTitle: sources.title })
      .from(occurrences)
      .innerJoin(sources, eq(sources.id, occurrences.sourceId))
      .where(
        and(
          eq(occurrences.enterpriseId, caller.enterpriseId),
          eq(occurrences.atom, atom.number),
          within ? inArray(occurrences.sourceId, [...within]) : undefined,
        ),
      )
      .orderBy(asc(sources.title), asc(occurrences.start))
      .limit(200)
    const here = (number: SQL) => (within ? sql`and ${saidWithin(caller.enterpriseId, within, number)}` : sql``)
    const neighbours = await rows<{
      atom_id: string
      title: string
      kind: PathwayKind
      direction: 'out' | 'in'
      weight: number
      evidence: Record<string, unknown>
    }>(
      tx,
      sql`select a.id as atom_id, ${titleWithin(caller.enterpriseId, within, sql`a.number`, sql`a.title`)} as title, p.kind, p.direction, p.weight, p.evidence from (
            select target as other, kind, 'out' as direction, weight, evidence from pathways where enterprise_id = ${caller.enterpriseId} and source = ${atom.number}
            union all
            select source as other, kind, 'in' as direction, weight, evidence from pathways where enterprise_id = ${caller.enterpriseId} and target = ${atom.number}
          ) p join knowledge_atoms a on a.enterprise_id = ${caller.enterpriseId} and a.number = p.other ${here(sql`a.number`)}
          order by p.weight desc, title, a.id limit ${neighboursShown}`,
    )
    const [total] = await rows<{ n: number }>(
      tx,
      sql`select (select count(*) from pathways p where enterprise_id = ${caller.enterpriseId} and source = ${atom.number} ${here(sql`p.target`)})::int
               + (select count(*) from pathways p where enterprise_id = ${caller.enterpriseId} and target = ${atom.number} ${here(sql`p.source`)})::int as n`,
    )
    const shown = within ? confined(atom, places) : atom
    return {
      ...atomView(shown),
      text: atom.text,
      technical_context: shown.technicalContext as Record<string, unknown>,
      relationships: shown.relationships as Record<string, unknown>[],
      occurrences: places.map(({ occurrence, sourceTitle }) => ({
        source_id: occurrence.sourceId,
        source_title: sourceTitle,
        start: occurrence.start,
        end: occurrence.end,
        heading_path: occurrence.headingPath,
        language: occurrence.language,
      })),
      neighbours: within ? neighbours.map((neighbour) => ({ ...neighbour, evidence: {} })) : neighbours,
      neighbours_total: total?.n ?? 0,
    }
  })

type Atom = typeof knowledgeAtoms.$inferSelect
type Place = { occurrence: typeof occurrences.$inferSelect }

/** What is stored with an atom was taken from the source that gave it first. Who may not know that one gets what a granted one says. */
function confined(atom: Atom, places: readonly Place[]): Atom {
  const [first] = places
  if (!first) throw problem('not_found', 'There is no such atom.')
  const { sourceId: source_id, start, end, headingPath: heading_path, language, title, tags } = first.occurrence
  return {
    ...atom,
    title,
    technicalContext: { source_id, start, end, heading_path, language, entities: [], tags },
    relationships: [],
    sourceCount: new Set(places.map(({ occurrence }) => occurrence.sourceId)).size,
  }
}
