import { gt } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { memberships } from '../../auth/tables.ts'
import { randomBy, randomEdges, writeGraph } from '../../storage/graph/random-graph.fixture.ts'
import { newPerson } from '../../testing/people.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import type { graphMap } from '../contract.ts'
import { knowledgeAtoms } from '../tables.ts'
import { heaviestPart } from './heaviest.ts'
import { base64Of } from './little-endian.ts'

type Map = z.infer<typeof graphMap>
const bytes = (column: string) => new Uint8Array(Buffer.from(column, 'base64')).buffer

describe('the map of the graph', () => {
  let aia: TestInstallation
  let token: string
  let enterpriseId: string
  beforeAll(async () => {
    aia = await startInstallation()
    await aia.add('Harbour', '# Harbour\n\n## Tarnholm Light\n\nIt was lit by oil.\n\n## Pilots\n\nThey bring ships in.')
    const person = await newPerson(aia)
    token = await person.token()
    enterpriseId = person.enterpriseId
    const { database } = aia.runtime.services
    await writeGraph(database, enterpriseId, 300, randomEdges(randomBy(5), 300, 1_500))
  })
  afterAll(() => aia?.stop())

  const ask = (query = '', headers: Record<string, string> = {}) => aia.call('GET', `neural/graph/map${query}`, undefined, { token, headers })
  const map = async (query = '') => (await (await ask(query)).json()) as Map

  it('has every atom and pathway of its own enterprise and nothing of another', async () => {
    const { nodes, edges, total } = await map()
    expect([nodes.ids.length, new Set(nodes.ids).size, total.nodes]).toEqual([300, 300, 300])
    expect(new Uint8Array(bytes(edges.kinds)).length).toBe(total.edges)
    expect(nodes.names.every((name) => /^Atom \d+$/.test(name))).toBe(true)
    const other = (await (await aia.call('GET', 'neural/graph/map')).json()) as Map
    expect(other.nodes.names).toContain('Harbour › Pilots')
    expect(other.nodes.names.filter((name) => name.startsWith('Atom '))).toEqual([])
    expect(other.nodes.ids.filter((id) => nodes.ids.includes(id))).toEqual([])
  })

  it('keeps its budgets, the heaviest first', async () => {
    const all = await map()
    const some = await map('?nodes=40&edges=25')
    expect(some.nodes.ids).toEqual(all.nodes.ids.slice(0, 40))
    expect(some.total).toEqual(all.total)
    const ends = [...new Uint32Array(bytes(some.edges.ends))]
    expect([ends.length, Math.max(...ends) < 40]).toEqual([50, true])
    const [few, every] = [await map('?nodes=40&edges=0'), await map('?nodes=40')]
    expect(few.edges.ends).toBe('')
    const weights = [...new Float32Array(bytes(every.edges.weights))].sort((a, b) => b - a)
    expect([...new Float32Array(bytes(some.edges.weights))].sort((a, b) => b - a)).toEqual(weights.slice(0, 25))
    for (const query of ['?nodes=0', '?nodes=50001', '?edges=-1', '?edges=250001', '?nodes=x', '?more=1'])
      expect((await ask(query)).status, query).toBe(400)
  })

  it('answers 304 until the knowledge changes, and never for the answer of another enterprise', async () => {
    const first = await ask()
    const tag = first.headers.get('etag') ?? ''
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    const again = await ask('', { 'if-none-match': `"other", ${tag}` })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag])
    expect((await ask('?nodes=10', { 'if-none-match': tag })).status).toBe(200)
    const owner = await aia.call('GET', 'neural/graph/map', undefined, { headers: { 'if-none-match': tag } })
    expect(owner.status).toBe(200)
    const own = owner.headers.get('etag') ?? ''
    await aia.add('Oil', '# Oil\n\nIt fed the Tarnholm Light for a century.')
    expect((await aia.call('GET', 'neural/graph/map', undefined, { headers: { 'if-none-match': own } })).status).toBe(200)
  })
})

describe('a map of what stands in several places', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia?.stop())

  it('tells every domain of an atom and every source that says it', async () => {
    const pilots = '## Pilots\n\nPilots bring ships in by night.'
    const first = await aia.add('Harbour', `# Harbour\n\n${pilots}`)
    const second = await aia.add('Crew', `# Crew\n\n${pilots}`)
    const { database } = aia.runtime.services
    const [owner] = await database.identity((tx) => tx.select({ enterpriseId: memberships.enterpriseId }).from(memberships))
    const [shared] = await database.tenant(owner?.enterpriseId ?? '', (tx) =>
      tx
        .update(knowledgeAtoms)
        .set({ knowledgeDomains: ['harbours', 'people', 'night'] })
        .where(gt(knowledgeAtoms.sourceCount, 1))
        .returning({ id: knowledgeAtoms.id }),
    )
    const { nodes } = await aia.json<Map>('GET', 'neural/graph/map')
    const node = nodes.ids.indexOf(shared?.id ?? '')
    const of = (column: string, names: readonly unknown[]) => {
      const pairs = new Uint32Array(bytes(column))
      return Array.from({ length: pairs.length / 2 }, (_, i) => [pairs[2 * i], names[pairs[2 * i + 1] ?? -1]])
    }
    expect(nodes.domain_names[new Uint16Array(bytes(nodes.domains))[node] ?? -1]).toBe('harbours')
    expect(of(nodes.further_domains, nodes.domain_names)).toEqual([
      [node, 'night'],
      [node, 'people'],
    ])
    const named = nodes.source_names[new Uint32Array(bytes(nodes.sources))[node] ?? -1]
    const further = of(nodes.further_sources, nodes.source_names)
    expect(further).toEqual([[node, named?.id === first ? { id: second, title: 'Crew' } : { id: first, title: 'Harbour' }]])
  })
})

describe('the heaviest part', () => {
  const columns = (list: [number, number, number][]) => ({
    sources: Int32Array.from(list, ([source]) => source),
    targets: Int32Array.from(list, ([, target]) => target),
    weights: Float32Array.from(list, ([, , weight]) => weight),
  })
  const numbers = Int32Array.of(2, 5, 7, 9)

  it('counts a pathway at both ends, one from an atom to itself once, and prefers the older of equals', () => {
    const part = heaviestPart(numbers, columns([[5, 5, 1], [9, 7, 0.5], [7, 9, 0.25]]), { nodes: 3, edges: 9 }) // biome-ignore format: a table
    expect([...part.atoms]).toEqual([1, 2, 3])
    expect([...part.weights]).toEqual([1, 0.75, 0.75])
    expect([...part.ends]).toEqual([0, 0, 2, 1, 1, 2])
  })

  it('leaves out pathways to atoms that are gone or left out, and takes the first of equally heavy ones', () => {
    const pathways = columns([[2, 3, 1], [2, 5, 0.5], [5, 7, 0.75], [7, 9, 0.5], [2, 11, 1]]) // biome-ignore format: a table
    expect([...heaviestPart(numbers, pathways, { nodes: 4, edges: 2 }).pathways]).toEqual([1, 2])
    expect([...heaviestPart(numbers, pathways, { nodes: 2, edges: 9 }).pathways]).toEqual([1])
    expect([...heaviestPart(new Int32Array(), pathways, { nodes: 2, edges: 9 }).atoms]).toEqual([])
  })
})

it('writes numbers little-endian', () => {
  expect(base64Of(Uint16Array.of(1, 256))).toBe(Buffer.from([1, 0, 0, 1]).toString('base64'))
  expect(base64Of(Float64Array.of(0, 1).subarray(1))).toBe(Buffer.from([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]).toString('base64'))
})
