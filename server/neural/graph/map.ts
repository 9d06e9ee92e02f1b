import type { z } from 'zod'
import { isUnchanged } from '../../gateway/conditional.ts'
import { operation } from '../../gateway/operation.ts'
import { readState } from '../asking/knowledge-state.ts'
import { type graphMap, mapAnswer, mapInput, pathwayKindNames } from '../contract.ts'
import { sources as sourcesTable } from '../tables.ts'
import { heaviestPart } from './heaviest.ts'
import { placeBeside } from './layout/start.ts'
import { base64Of } from './little-endian.ts'
import { type FurtherValues, readAtoms, readFurtherValues, readPathways } from './read-graph.ts'
import { joinBeside, layoutState, readLayout, standing } from './stored-layout.ts'

export const getGraphMap = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/neural/graph/map',
    summary: 'The whole graph, or its heaviest part, in columns: what a scene draws, where each atom stands and which community it belongs to',
    tags: ['neural'],
    outputStructure: 'detailed',
  })
  .input(mapInput)
  .output(mapAnswer)
  .handler(async ({ input, context }) => {
    const { tx, caller } = context
    const { revision } = await readState(tx, caller.enterpriseId)
    const laidOut = await layoutState(tx, caller.enterpriseId)
    const state = [caller.enterpriseId, revision, laidOut?.revision ?? 0, laidOut?.graphHash.slice(0, 16) ?? '', input.nodes, input.edges]
    if (isUnchanged(context, state.join('.'))) return { status: 304 }
    const atoms = await readAtoms(tx, caller.enterpriseId)
    const further = await readFurtherValues(tx, caller.enterpriseId)
    const pathways = await readPathways(tx, caller.enterpriseId)
    const layout = await readLayout(tx, caller.enterpriseId)
    const titles = await tx.select({ id: sourcesTable.id, title: sourcesTable.title }).from(sourcesTable)
    const part = heaviestPart(atoms.numbers, pathways, input)
    const places = standing(part, atoms.numbers, layout)
    placeBeside(part.ends, places.known, places.positions)
    joinBeside(part.ends, places.known, places.communities)
    const of = (column: readonly string[]) => distinct(part.atoms, column)
    const [kinds, domains, sources] = [of(atoms.kinds), of(atoms.domains), of(atoms.sources)]
    const nodeOf = new Map(Array.from(part.atoms, (place, node) => [atoms.numbers[place] as number, node]))
    const furtherDomains = pairs(nodeOf, further.domains, domains.values)
    const furtherSources = pairs(nodeOf, further.sources, sources.values)
    const titleOf = new Map(titles.map(({ id, title }) => [id, title]))
    const body: z.infer<typeof graphMap> = {
      revision,
      settled: places.known.every(Boolean),
      total: { nodes: atoms.numbers.length, edges: pathways.weights.length },
      nodes: {
        ids: Array.from(part.atoms, (place) => atoms.ids[place] as string),
        names: Array.from(part.atoms, (place) => atoms.titles[place] as string),
        kinds: base64Of(Uint8Array.from(kinds.places)),
        kind_names: kinds.values,
        domains: base64Of(Uint16Array.from(domains.places)),
        domain_names: domains.values,
        sources: base64Of(sources.places),
        source_names: sources.values.map((id) => ({ id, title: titleOf.get(id) ?? '' })),
        further_domains: base64Of(furtherDomains),
        further_sources: base64Of(furtherSources),
        weights: base64Of(part.weights),
        times: base64Of(Float64Array.from(part.atoms, (place) => atoms.times[place] as number)),
        communities: base64Of(places.communities),
        positions: base64Of(places.positions),
      },
      edges: {
        ends: base64Of(part.ends),
        kinds: base64Of(Uint8Array.from(part.pathways, (place) => pathways.kinds[place] as number)),
        kind_names: [...pathwayKindNames],
        weights: base64Of(Float32Array.from(part.pathways, (place) => pathways.weights[place] as number)),
      },
    }
    return { status: 200, body }
  })

/** The different values of a column at some places, and for each place which of them it has. */
function distinct(places: Uint32Array, column: readonly string[]): { values: string[]; places: Uint32Array } {
  const known = new Map<string, number>()
  const found = places.map((place) => {
    const value = column[place] as string
    const at = known.get(value) ?? known.size
    if (at === known.size) known.set(value, at)
    return at
  })
  return { values: [...known.keys()], places: found }
}

/** Each further value of a node that is shown, as the node and the value's place among `values`, to which new ones are added. */
function pairs(nodeOf: ReadonlyMap<number, number>, further: FurtherValues, values: string[]): Uint32Array {
  const known = new Map(values.map((value, place) => [value, place]))
  const found: number[] = []
  further.values.forEach((value, i) => {
    const node = nodeOf.get(further.numbers[i] as number)
    if (node === undefined) return
    if (!known.has(value)) known.set(value, values.push(value) - 1)
    found.push(node, known.get(value) as number)
  })
  return Uint32Array.from(found)
}
