import { type SQL, sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import { type Change, changedAtoms } from './change.ts'
import { planContains } from './contains.ts'
import { stableJson } from './content.ts'
import { planLinks } from './links.ts'
import { planMentions } from './mentions.ts'
import { planSimilar } from './similar.ts'
import { forgottenLists, type SimilarLists } from './similar-lists.ts'
import { featureView } from './view.ts'
import type { Pathway, PathwayChange, PathwayKey, Wiring, WiringPlan } from './wiring.ts'

/**
 * What a change of knowledge does to the pathways. Reads only; call it before the change is written.
 * @param lists what is known of lists of similar atoms; without them nothing is remembered, as for a preview
 */
export async function planPathways(
  tx: Transaction,
  index: LexicalIndex,
  enterpriseId: string,
  change: Change,
  lists: SimilarLists = forgottenLists(),
): Promise<PathwayChange> {
  const changed = changedAtoms(change)
  const wiring: Wiring = { tx, enterpriseId, change, changed, view: await featureView(tx, index, enterpriseId, changed), lists }
  const plans = [planContains(wiring), await planLinks(wiring), await planMentions(wiring)]
  const similar = await planSimilar(wiring)
  const wanted = new Map<string, Pathway>()
  for (const { pathways } of plans) for (const pathway of pathways) wanted.set(keyOf(pathway), pathway)
  const removed: PathwayKey[] = similar.removed
  for (const stored of await storedPathways(tx, enterpriseId, change, plans)) {
    const key = keyOf(stored)
    const now = wanted.get(key)
    if (!now) removed.push(stored)
    else if (now.weight === stored.weight && stableJson(now.evidence) === stableJson(stored.evidence)) wanted.delete(key)
  }
  return { written: [...wanted.values(), ...similar.written], removed }
}

const keyOf = ({ source, target, kind }: PathwayKey): string => `${source} ${target} ${kind}`

/** The pathways that stand in the scope of the plans. Atoms that only come have none yet. */
async function storedPathways(tx: Transaction, enterpriseId: string, { before, after }: Change, plans: readonly WiringPlan[]): Promise<Pathway[]> {
  const scope: { number: number; out: boolean; kind: string }[] = []
  const isNew = (number: number): boolean => after.has(number) && !before.has(number)
  for (const { kinds, sources, targets } of plans) {
    for (const kind of kinds) {
      for (const number of sources) if (!isNew(number)) scope.push({ number, out: true, kind })
      for (const number of targets) if (!isNew(number)) scope.push({ number, out: false, kind })
    }
  }
  if (scope.length === 0) return []
  const found = await rows<Pathway>(
    tx,
    sql`with scope as materialized (select * from json_to_recordset(${asJson(scope)}::text::json) as s(number int, out boolean, kind text))
      select p.* from scope s cross join lateral (
        select source, target, kind, weight, evidence from pathways
        where enterprise_id = ${enterpriseId} and source = s.number and kind = s.kind offset 0
      ) p where s.out
      union
      select p.* from scope s cross join lateral (
        select source, target, kind, weight, evidence from pathways
        where enterprise_id = ${enterpriseId} and target = s.number and kind = s.kind offset 0
      ) p where not s.out`,
  )
  return found
}

/** @param fresh tells atoms that only come: their pathways cannot stand already, which saves the search for each */
export async function writePathways(
  tx: Transaction,
  enterpriseId: string,
  { written, removed }: PathwayChange,
  fresh: (number: number) => boolean,
): Promise<void> {
  if (removed.length > 0) {
    // Compared as a row, so that only the primary key fits: an atom that many name would make a look-up by target long.
    const list = removed.map(({ source, target, kind }) => ({ source, target, kind }))
    await tx.execute(
      sql`delete from pathways where enterprise_id = ${enterpriseId} and ctid = any(array(
        select p.ctid from json_to_recordset(${asJson(list)}::text::json) as g(source int, target int, kind text) cross join lateral (
          select ctid from pathways where enterprise_id = ${enterpriseId} and (source, target) >= (g.source, g.target)
            and (source, target) <= (g.source, g.target) and kind = g.kind offset 0
        ) p))`,
    )
  }
  const isFresh = ({ source, target }: Pathway): boolean => fresh(source) || fresh(target)
  await insertPathways(tx, enterpriseId, written.filter(isFresh), sql``)
  const others = written.filter((pathway) => !isFresh(pathway))
  await insertPathways(
    tx,
    enterpriseId,
    others,
    sql`on conflict (enterprise_id, source, target, kind) do update set weight = excluded.weight, evidence = excluded.evidence`,
  )
}

async function insertPathways(tx: Transaction, enterpriseId: string, pathways: readonly Pathway[], onConflict: SQL): Promise<void> {
  if (pathways.length === 0) return
  await tx.execute(
    sql`insert into pathways (enterprise_id, source, target, kind, weight, evidence)
      select ${enterpriseId}::uuid, p.source, p.target, p.kind, p.weight, p.evidence
      from json_to_recordset(${asJson(pathways)}::text::json) as p(source int, target int, kind text, weight real, evidence jsonb) ${onConflict}`,
  )
}
