import { type SQL, sql } from 'drizzle-orm'
import { asJson, type Database, rows, type Transaction } from '../../storage/database/port.ts'
import { vectorsAfter } from './stored.ts'

/** A place in the order in which vectors were stored. */
export interface Place {
  revision: number
  atom: number
}

const start: Place = { revision: -1, atom: -1 }
const rowsAtOnce = 500

/** How far the server's own search knows an enterprise's vectors of a model, and how many there are; null where it has no index yet. */
export async function indexedUpTo(
  tx: Transaction,
  enterpriseId: string,
  model: string,
  dimension: number,
): Promise<{ count: number; place: Place } | null> {
  const [index] = await rows<{ valid: boolean }>(
    tx,
    sql`select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = ${`atom_vectors_near_${dimension}`}`,
  )
  if (!index?.valid) return null
  const [{ count } = { count: 0 }] = await rows<{ count: number }>(
    tx,
    sql`select count(*)::int as count from atom_vectors where enterprise_id = ${enterpriseId} and model = ${model}`,
  )
  return { count, place: await lastPlace(tx, enterpriseId, model) }
}

/** Everything up to here has been given to the server's own search, in order. */
async function lastPlace(tx: Transaction, enterpriseId: string, model: string): Promise<Place> {
  const [last] = await rows<Place>(
    tx,
    sql`select revision, atom from atom_vectors where enterprise_id = ${enterpriseId} and model = ${model} and near_revision = revision
      order by revision desc, atom desc limit 1`,
  )
  return last ?? start
}

/** Gives the vectors that came since the last time to the server's own search, and has its index made where there are enough for one. */
export async function indexVectors(database: Database, enterpriseId: string, model: string, fromCount: number): Promise<void> {
  const { nearestIndex } = database
  if (!nearestIndex) return
  const [{ count, bytes } = { count: 0, bytes: null }] = await database.tenant(enterpriseId, (tx) =>
    rows<{ count: number; bytes: number | null }>(
      tx,
      sql`select count(*)::int as count, min(octet_length(vector)) as bytes from atom_vectors where enterprise_id = ${enterpriseId} and model = ${model}`,
    ),
  )
  if (count < fromCount || bytes === null) return
  for (;;) {
    const done = await database.tenant(enterpriseId, async (tx) => {
      const next = await vectorsAfter(tx, enterpriseId, model, await lastPlace(tx, enterpriseId, model), rowsAtOnce)
      const given = next.map(({ atom, revision, vector }) => ({ atom, revision, near: `[${vector.join(',')}]` }))
      // What has changed meanwhile has a newer revision, and its turn later.
      await tx.execute(
        sql`update atom_vectors as v set near = g.near::vector, near_revision = g.revision
          from json_to_recordset(${asJson(given)}::text::json) as g(atom int, revision int, near text)
          where v.enterprise_id = ${enterpriseId} and v.atom = g.atom and v.revision = g.revision`,
      )
      return next.length < rowsAtOnce
    })
    if (done) break
  }
  await nearestIndex(bytes / 4)
}

/** Atoms that the server's own search holds for the nearest, in no exact order. Never another enterprise's. */
export async function nearestByIndex(tx: Transaction, enterpriseId: string, model: string, vector: Float32Array, k: number): Promise<number[]> {
  const breadth = String(Math.min(1_000, Math.max(100, 2 * k)))
  // Without going on, an index that filters afterwards gives a small enterprise among large ones fewer than it has. And the planner does not
  // know what it costs to fetch vectors for sorting them: without sorts it takes the index, which gives them in order.
  await tx.execute(
    sql`select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', ${breadth}, true), set_config('enable_sort', 'off', true)`,
  )
  const found = await rows<{ atom: number }>(tx, nearestStatement(enterpriseId, model, vector, k))
  await tx.execute(sql`select set_config('enable_sort', 'on', true)`)
  return found.map(({ atom }) => atom)
}

/** For tests: whether the server answers such a question by its index. */
export async function isByIndex(tx: Transaction, enterpriseId: string, model: string, vector: Float32Array): Promise<boolean> {
  await tx.execute(sql`select set_config('enable_sort', 'off', true)`)
  const plan = await rows<object>(tx, sql`explain (format json) ${nearestStatement(enterpriseId, model, vector, 10)}`)
  return JSON.stringify(plan).includes(`atom_vectors_near_${vector.length}`)
}

function nearestStatement(enterpriseId: string, model: string, vector: Float32Array, k: number): SQL {
  // A whole number, as a constant: the index is on vectors of this length, and the planner has to see that.
  const length = sql.raw(String(Math.trunc(vector.length)))
  return sql`select atom from atom_vectors
    where enterprise_id = ${enterpriseId} and model = ${model} and vector_dims(near) = ${length}
    order by near::vector(${length}) <#> ${`[${vector.join(',')}]`}::vector(${length}) limit ${k}`
}
