import { afterAll, beforeAll, expect, it } from 'vitest'
import type { GraphMap } from '@/components/api/types'
import { startInstallation, type TestInstallation } from '@/server/testing/runtime'
import { decodeMap } from './map'

let aia: TestInstallation
beforeAll(async () => {
  aia = await startInstallation()
})
afterAll(() => aia?.stop())

it('decodes the graph that the server gives, name for name and edge for edge', async () => {
  const empty = decodeMap(await aia.json<GraphMap>('GET', 'neural/graph/map')).graph
  expect([empty.count, empty.edges.length, empty.positions.length]).toEqual([0, 0, 0])

  const hard = '\u{1F6A2} "Harbour" & منارة'
  await aia.add('Light', `# Light\n\n## Tarnholm Light\n\nIt was lit by oil.\n\n## ${hard}\n\nThey bring ships in.`)
  await aia.add('Oil', '# Oil\n\nIt fed the Tarnholm Light for a century.')
  const { graph } = decodeMap(await aia.json<GraphMap>('GET', 'neural/graph/map'))

  type Atom = { id: string; title: string; kind: string; knowledge_domains: string[]; created_at: string }
  const { items } = await aia.json<{ items: Atom[] }>('GET', 'neural/atoms')
  const shown = graph.ids.map((id, i) => ({
    id,
    title: graph.names[i],
    kind: graph.kindNames[graph.kinds[i]!],
    domain: graph.domainNames[graph.domains[i]!],
    created: graph.times[i],
  }))
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
  const wanted = items.map(({ id, title, kind, knowledge_domains: [domain = ''], created_at }) => ({ id, title, kind, domain, created: created_at }))
  expect(shown.map((atom) => ({ ...atom, created: new Date(atom.created!).toISOString() })).sort(byId)).toEqual(
    wanted.map((atom) => ({ ...atom, created: new Date(atom.created).toISOString() })).sort(byId),
  )
  expect(graph.names.some((name) => name.includes(hard))).toBe(true)
  expect(graph.sourceNames.map(({ title }) => title).sort()).toEqual(['Light', 'Oil'])
  expect(graph.names.map((name, i) => [name === 'Oil', graph.sourceNames[graph.sources[i]!]?.title === 'Oil'])).toEqual(
    graph.names.map((name) => [name === 'Oil', name === 'Oil']),
  )

  type Edge = { from: string; to: string; kind: string; weight: number }
  const { edges } = await aia.json<{ edges: Edge[] }>('GET', 'neural/graph')
  const drawn = Array.from(graph.edgeKinds, (kind, i) => ({
    from: graph.ids[graph.edges[2 * i]!],
    to: graph.ids[graph.edges[2 * i + 1]!],
    kind: graph.edgeKindNames[kind],
    weight: graph.edgeWeights[i],
  }))
  expect(drawn.length).toBeGreaterThan(2)
  expect(drawn.map((edge) => JSON.stringify(edge)).sort()).toEqual(
    edges.map((edge) => JSON.stringify({ ...edge, weight: Math.fround(edge.weight) })).sort(),
  )
  for (let node = 0; node < graph.count; node++) {
    let sum = 0
    for (const { from, to, weight } of edges) if (from === graph.ids[node] || to === graph.ids[node]) sum += weight
    expect(graph.weights[node]).toBeCloseTo(sum, 5)
  }
  expect([...graph.weights]).toEqual([...graph.weights].sort((a, b) => b - a))
})
