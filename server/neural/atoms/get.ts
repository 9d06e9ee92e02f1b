import { and, asc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { rows } from '../../storage/database/port.ts'
import { atomDetail } from '../contract.ts'
import { knowledgeAtoms, occurrences, type PathwayKind, sources } from '../tables.ts'
import { atomView } from './view.ts'

/** The heaviest neighbours that are sent with an atom; `neighbours_total` says how many there are. */
const neighboursShown = 100

export const getAtom = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/neural/atoms/{id}', summary: 'One atom: text, context, where it stands, neighbours', tags: ['neural'] })
  .input(z.strictObject({ id: z.uuid() }))
  .output(atomDetail)
  .handler(async ({ input, context: { tx, caller } }) => {
    const [atom] = await tx.select().from(knowledgeAtoms).where(eq(knowledgeAtoms.id, input.id))
    if (!atom) throw problem('not_found', 'There is no such atom.')
    const places = await tx
      .select({ occurrence: occurrences, sourceTitle: sources.title })
      .from(occurrences)
      .innerJoin(sources, eq(sources.id, occurrences.sourceId))
      .where(and(eq(occurrences.enterpriseId, caller.enterpriseId), eq(occurrences.atom, atom.number)))
      .orderBy(asc(sources.title), asc(occurrences.start))
      .limit(200)
    const neighbours = await rows<{
      atom_id: string
      title: string
      kind: PathwayKind
      direction: 'out' | 'in'
      weight: number
      evidence: Record<string, unknown>
    }>(
      tx,
      sql`select a.id as atom_id, a.title, p.kind, p.direction, p.weight, p.evidence from (
            select target as other, kind, 'out' as direction, weight, evidence from pathways where enterprise_id = ${caller.enterpriseId} and source = ${atom.number}
            union all
            select source as other, kind, 'in' as direction, weight, evidence from pathways where enterprise_id = ${caller.enterpriseId} and target = ${atom.number}
          ) p join knowledge_atoms a on a.enterprise_id = ${caller.enterpriseId} and a.number = p.other
          order by p.weight desc, a.title, a.id limit ${neighboursShown}`,
    )
    const [total] = await rows<{ n: number }>(
      tx,
      sql`select (select count(*) from pathways where enterprise_id = ${caller.enterpriseId} and source = ${atom.number})::int
               + (select count(*) from pathways where enterprise_id = ${caller.enterpriseId} and target = ${atom.number})::int as n`,
    )
    return {
      ...atomView(atom),
      text: atom.text,
      technical_context: atom.technicalContext as Record<string, unknown>,
      relationships: atom.relationships as Record<string, unknown>[],
      occurrences: places.map(({ occurrence, sourceTitle }) => ({
        source_id: occurrence.sourceId,
        source_title: sourceTitle,
        start: occurrence.start,
        end: occurrence.end,
        heading_path: occurrence.headingPath,
        language: occurrence.language,
      })),
      neighbours,
      neighbours_total: total?.n ?? 0,
    }
  })
