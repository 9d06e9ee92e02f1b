import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { graphLayouts } from '../tables.ts'
import type { HeaviestPart } from './heaviest.ts'
import type { LaidOut } from './layout/lay-out.ts'
import { fourByteNumbers, littleEndian } from './little-endian.ts'

export interface StoredLayout extends LaidOut {
  graphHash: string
  /** Of the atoms, in the order of places and communities. */
  numbers: Int32Array
}

/** SHA-256 of a part of a graph: the same hash, the same layout. */
export function hashOfGraph(numbers: Int32Array, ends: Uint32Array, weights: Float32Array): string {
  const hash = createHash('sha256')
  hash.update(`${numbers.length} ${weights.length}\n`)
  for (const column of [numbers, ends, weights]) hash.update(littleEndian(column))
  return hash.digest('hex')
}

/** Which graph is laid out, and at which revision that was the enterprise's; null when none is. */
export async function layoutState(tx: Transaction, enterpriseId: string): Promise<{ graphHash: string; revision: number } | null> {
  const [row] = await tx
    .select({ graphHash: graphLayouts.graphHash, revision: graphLayouts.revision })
    .from(graphLayouts)
    .where(eq(graphLayouts.enterpriseId, enterpriseId))
  return row ?? null
}

export async function readLayout(tx: Transaction, enterpriseId: string): Promise<StoredLayout | null> {
  const [row] = await rows<{ graph_hash: string; data: string }>(
    tx,
    sql`select graph_hash, encode(data, 'base64') as data from graph_layouts where enterprise_id = ${enterpriseId}`,
  )
  if (!row) return null
  const bytes = fourByteNumbers(Buffer.from(row.data, 'base64'))
  const count = bytes.byteLength / 20
  return {
    graphHash: row.graph_hash,
    numbers: new Int32Array(bytes, 0, count),
    positions: new Float32Array(bytes, 4 * count, 3 * count),
    communities: new Uint32Array(bytes, 16 * count, count),
  }
}

/** Keeps a layout in place of the former one. */
export async function writeLayout(tx: Transaction, enterpriseId: string, revision: number, layout: StoredLayout): Promise<void> {
  const data = Buffer.concat([layout.numbers, layout.positions, layout.communities].map(littleEndian)).toString('base64')
  await tx.execute(
    sql`insert into graph_layouts (enterprise_id, graph_hash, revision, data)
      values (${enterpriseId}, ${layout.graphHash}, ${revision}, decode(${data}, 'base64'))
      on conflict (enterprise_id) do update set graph_hash = excluded.graph_hash, revision = excluded.revision, data = excluded.data, updated_at = now()`,
  )
}

/** Where the nodes of a part stood when it was laid out last; `known` is 0, and the place 0, for those that have come since. */
export function standing(part: Pick<HeaviestPart, 'atoms'>, numbers: Int32Array, layout: StoredLayout | null) {
  const count = part.atoms.length
  const known = new Uint8Array(count)
  const positions = new Float32Array(3 * count)
  const communities = new Uint32Array(count)
  const placeOf = new Map(layout ? Array.from(layout.numbers, (number, place) => [number, place]) : [])
  for (let node = 0; layout && node < count; node++) {
    const place = placeOf.get(numbers[part.atoms[node]!]!)
    if (place === undefined) continue
    known[node] = 1
    communities[node] = layout.communities[place]!
    positions.set(layout.positions.subarray(3 * place, 3 * place + 3), 3 * node)
  }
  return { known, positions, communities }
}

/** Nodes that have come since belong, until they are laid out, to the community of a neighbour; those without one to none of the others'. */
export function joinBeside(ends: Uint32Array, known: Uint8Array, communities: Uint32Array): void {
  const joined = known.slice()
  const join = (node: number, to: number) => {
    if (joined[node] || !known[to]) return
    joined[node] = 1
    communities[node] = communities[to]!
  }
  for (let i = 0; i < ends.length; i += 2) {
    join(ends[i]!, ends[i + 1]!)
    join(ends[i + 1]!, ends[i]!)
  }
  const next = communities.reduce((most, community, node) => (known[node] ? Math.max(most, community + 1) : most), 0)
  for (let node = 0; node < known.length; node++) if (!joined[node]) communities[node] = next
}
