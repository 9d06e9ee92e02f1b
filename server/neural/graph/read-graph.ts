import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { pathwayKinds } from '../tables.ts'

// A row a pathway would keep the embedded database's driver busy for 6 s at 250,000; as bytes they are read in 0.3 s.

export interface AtomColumns {
  /** Ascending. */
  numbers: Int32Array
  ids: string[]
  titles: string[]
  kinds: string[]
  /** The first domain; '' without one. */
  domains: string[]
  /** Id of the source whose wording the atom has. */
  sources: string[]
  /** Milliseconds since 1970. */
  times: Float64Array
}

/** Values that atoms have besides the one in their column: the number of an atom and a value each. */
export interface FurtherValues {
  numbers: Int32Array
  values: string[]
}

export interface PathwayColumns {
  /** Numbers of the atoms at both ends; in order of source, target and kind. */
  sources: Int32Array
  targets: Int32Array
  /** Place in `pathwayKinds`. */
  kinds: Uint8Array
  weights: Float32Array
}

const list = <T>(json: string | null | undefined): T[] => JSON.parse(json ?? '[]') as T[]

/** Numbers of all atoms, ascending. */
export async function readNumbers(tx: Transaction, enterpriseId: string): Promise<Int32Array> {
  const [row] = await rows<{ numbers: string | null }>(
    tx,
    sql`select json_agg(number order by number)::text as numbers from knowledge_atoms where enterprise_id = ${enterpriseId}`,
  )
  return Int32Array.from(JSON.parse(row?.numbers ?? '[]') as number[])
}

/** What a map shows of all atoms. */
export async function readAtoms(tx: Transaction, enterpriseId: string): Promise<AtomColumns> {
  const [row] = await rows<Record<'numbers' | 'ids' | 'titles' | 'kinds' | 'domains' | 'sources' | 'times', string | null>>(
    tx,
    sql`select json_agg(number)::text as numbers, json_agg(id)::text as ids, json_agg(title)::text as titles, json_agg(kind)::text as kinds,
        json_agg(coalesce(domain, ''))::text as domains, json_agg(source)::text as sources, json_agg(time)::text as times
      from (
        select number, id, title, kind, knowledge_domains[1] as domain, technical_context->>'source_id' as source,
          extract(epoch from created_at)::float8 * 1000 as time
        from knowledge_atoms where enterprise_id = ${enterpriseId} order by number
      ) a`,
  )
  return {
    numbers: Int32Array.from(list<number>(row?.numbers)),
    ids: list<string>(row?.ids),
    titles: list<string>(row?.titles),
    kinds: list<string>(row?.kinds),
    domains: list<string>(row?.domains),
    sources: list<string>(row?.sources),
    times: Float64Array.from(list<number>(row?.times)),
  }
}

/** The domains of atoms after their first, and the sources that say the same in other places. */
export async function readFurtherValues(tx: Transaction, enterpriseId: string): Promise<{ domains: FurtherValues; sources: FurtherValues }> {
  const [row] = await rows<Record<'domain_atoms' | 'domains' | 'source_atoms' | 'sources', string | null>>(
    tx,
    sql`with d as (
        select number, unnest(knowledge_domains[2:]) as value from knowledge_atoms
        where enterprise_id = ${enterpriseId} and cardinality(knowledge_domains) > 1
      ), s as (
        select distinct a.number, o.source_id::text as value from knowledge_atoms a join occurrences o on o.enterprise_id = a.enterprise_id and o.atom = a.number
        where a.enterprise_id = ${enterpriseId} and a.source_count > 1 and o.source_id::text <> a.technical_context->>'source_id'
      )
      select (select json_agg(number order by number, value)::text from d) as domain_atoms, (select json_agg(value order by number, value)::text from d) as domains,
        (select json_agg(number order by number, value)::text from s) as source_atoms, (select json_agg(value order by number, value)::text from s) as sources`,
  )
  return {
    domains: { numbers: Int32Array.from(list<number>(row?.domain_atoms)), values: list<string>(row?.domains) },
    sources: { numbers: Int32Array.from(list<number>(row?.source_atoms)), values: list<string>(row?.sources) },
  }
}

const kindPlaces = sql.join(
  pathwayKinds.map((kind, place) => sql`when ${kind} then ${place}`),
  sql` `,
)
const pathwayBytes = 14

/** All pathways of an enterprise. */
export async function readPathways(tx: Transaction, enterpriseId: string): Promise<PathwayColumns> {
  const [row] = await rows<{ packed: string | null }>(
    tx,
    sql`select encode(string_agg(int4send(source) || int4send(target) || float4send(weight) || int2send((case kind ${kindPlaces} end)::int2), ''), 'base64') as packed
      from (select source, target, kind, weight from pathways where enterprise_id = ${enterpriseId} order by source, target, kind) p`,
  )
  const packed = Buffer.from(row?.packed ?? '', 'base64')
  const count = packed.length / pathwayBytes
  const columns = { sources: new Int32Array(count), targets: new Int32Array(count), kinds: new Uint8Array(count), weights: new Float32Array(count) }
  for (let i = 0; i < count; i++) {
    const at = i * pathwayBytes
    columns.sources[i] = packed.readInt32BE(at)
    columns.targets[i] = packed.readInt32BE(at + 4)
    columns.weights[i] = packed.readFloatBE(at + 8)
    columns.kinds[i] = packed.readInt16BE(at + 12)
  }
  return columns
}
