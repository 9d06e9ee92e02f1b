import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../database/port.ts'
import type { Kind, Step } from './port.ts'

const numbered = (numbers: Iterable<number>) => sql`unnest(${`{${[...numbers].join(',')}}`}::text::int[]) as n(number)`

interface Edge {
  /** The end that it was looked for from, and the other. */
  near: number
  far: number
  kind: Kind
  weight: number
  /** True when the pathway itself runs from far to near. */
  isReversed: boolean
}

/** What is best from an atom to the end of the path. */
interface Rest {
  thousandths: number
  edges: Edge[]
}

/** Atoms one pathway away from some. */
async function neighboursOf(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<number[]> {
  const found = await rows<{ other: number }>(
    tx,
    sql`select distinct o.other from ${numbered(numbers)} cross join lateral (
        select target as other from pathways where enterprise_id = ${enterpriseId} and source = n.number
        union all select source from pathways where enterprise_id = ${enterpriseId} and target = n.number offset 0
      ) o`,
  )
  return found.map(({ other }) => other)
}

/** Pathways between two sets of atoms, of either direction, looked for from the first. */
async function edgesBetween(tx: Transaction, enterpriseId: string, near: readonly number[], far: readonly number[]): Promise<Edge[]> {
  const found = await rows<{ near: number; far: number; kind: Kind; weight: number; reversed: boolean }>(
    tx,
    sql`with far as materialized (select number from ${numbered(far)})
      select e.* from ${numbered(near)} cross join lateral (
        select source as near, target as far, kind, weight, false as reversed from pathways where enterprise_id = ${enterpriseId} and source = n.number
        union all select target, source, kind, weight, true from pathways where enterprise_id = ${enterpriseId} and target = n.number offset 0
      ) e where e.far in (select number from far)`,
  )
  return found.map(({ reversed, ...edge }) => ({ ...edge, isReversed: reversed }))
}

interface Side {
  /** Atoms by their distance from the end they were found from. */
  levels: number[][]
  seen: Set<number>
}

/**
 * Breadth first from both ends at once, the smaller side first.
 * @returns for each place of the paths the atoms that may stand there, and the place where both searches met: only there it is all that does
 */
async function placesOf(
  tx: Transaction,
  enterpriseId: string,
  from: number,
  to: number,
  most: number,
): Promise<{ places: number[][]; met: number } | null> {
  const sideOf = (start: number): Side => ({ levels: [[start]], seen: new Set([start]) })
  const [forth, back] = [sideOf(from), sideOf(to)]
  const last = ({ levels }: Side): number[] => levels.at(-1) ?? []
  for (let length = 1; length <= most; length++) {
    const [side, other] = last(forth).length <= last(back).length ? [forth, back] : [back, forth]
    const next = (await neighboursOf(tx, enterpriseId, last(side))).filter((number) => !side.seen.has(number))
    if (next.length === 0) return null
    for (const number of next) side.seen.add(number)
    side.levels.push(next)
    const reached = new Set(last(other))
    const meeting = next.filter((number) => reached.has(number))
    if (meeting.length > 0) {
      const places = [...forth.levels.slice(0, -1), meeting, ...back.levels.slice(0, -1).reverse()]
      return { places, met: forth.levels.length - 1 }
    }
  }
  return null
}

/** Every pathway that lies on a shortest path, by its place: outwards from where the searches met. */
async function edgesOnPaths(tx: Transaction, enterpriseId: string, { places, met }: { places: number[][]; met: number }): Promise<Edge[][]> {
  const layers: Edge[][] = []
  const distinct = (numbers: number[]): number[] => [...new Set(numbers)]
  let here = places[met] as number[]
  for (let place = met - 1; place >= 0; place--) {
    const edges = (await edgesBetween(tx, enterpriseId, here, places[place] as number[])).map(turned)
    layers[place] = edges
    here = distinct(edges.map(({ near }) => near))
  }
  here = places[met] as number[]
  for (let place = met; place < places.length - 1; place++) {
    const edges = await edgesBetween(tx, enterpriseId, here, places[place + 1] as number[])
    layers[place] = edges
    here = distinct(edges.map(({ far }) => far))
  }
  return layers
}

const turned = ({ near, far, isReversed, ...edge }: Edge): Edge => ({ ...edge, near: far, far: near, isReversed: !isReversed })

/** The pathways of the best path, from the last place to the first: what is best from an atom on does not depend on what led to it. */
function bestOf(layers: readonly Edge[][], start: number, end: number, hashOf: (number: number) => string): Edge[] {
  let rest = new Map<number, Rest>([[end, { thousandths: 0, edges: [] }]])
  for (const edges of [...layers].reverse()) {
    const best = new Map<number, Rest>()
    for (const edge of edges) {
      const after = rest.get(edge.far)
      if (!after) continue
      const found = { thousandths: Math.round(edge.weight * 1_000) + after.thousandths, edges: [edge, ...after.edges] }
      const known = best.get(edge.near)
      if (!known || isBetter(found, known, hashOf)) best.set(edge.near, found)
    }
    rest = best
  }
  return rest.get(start)?.edges ?? []
}

function isBetter(a: Rest, b: Rest, hashOf: (number: number) => string): boolean {
  if (a.thousandths !== b.thousandths) return a.thousandths > b.thousandths
  const [first, other] = [a.edges[0] as Edge, b.edges[0] as Edge]
  if (first.far !== other.far) return hashOf(first.far) < hashOf(other.far)
  if (first.kind !== other.kind) return first.kind < other.kind
  return !first.isReversed && other.isReversed
}

/** The path of `Graph.path`. */
export async function shortestPath(tx: Transaction, enterpriseId: string, from: string, to: string, most: number): Promise<Step[] | null> {
  const ends = await rows<{ id: string; number: number }>(
    tx,
    sql`select id, number from knowledge_atoms where enterprise_id = ${enterpriseId} and id = any(${`{${from},${to}}`}::text::uuid[])`,
  )
  const [start, end] = [from, to].map((id) => ends.find((row) => row.id === id)?.number)
  if (start === undefined || end === undefined) return null
  if (start === end) return []
  const found = await placesOf(tx, enterpriseId, start, end, most)
  if (!found) return null
  const layers = await edgesOnPaths(tx, enterpriseId, found)
  const numbers = new Set(layers.flatMap((edges) => edges.flatMap(({ near, far }) => [near, far])))
  const atoms = await rows<{ number: number; id: string; hash: string }>(
    tx,
    sql`select a.number, a.id, a.content_hash as hash from ${numbered(numbers)}
      cross join lateral (select * from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number offset 0) a`,
  )
  const named = new Map(atoms.map((atom) => [atom.number, atom]))
  const idOf = (number: number): string => named.get(number)?.id ?? ''
  return bestOf(layers, start, end, (number) => named.get(number)?.hash ?? '').map(({ near, far, kind, weight, isReversed }) =>
    isReversed ? { from: idOf(far), to: idOf(near), kind, weight } : { from: idOf(near), to: idOf(far), kind, weight },
  )
}
