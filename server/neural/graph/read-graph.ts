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

export interface PathwayColumns {
  /** Numbers of the atoms at both ends; in order of source, target and kind. */
  sources: Int32Array
  targets: Int32Array
  /** Place in `pathwayKinds`. */
  kinds: Uint8Array
  weights: Float32Array
}

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
  const list = <T>(json: string | null | undefined): T[] => JSON.parse(json ?? '[]') as T[]
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
