import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { connectNeo4j, forgetInNeo4j, withoutNeo4j } from '../../testing/neo4j.ts'
import type { Database } from '../database/port.ts'
import { publish, subscribe } from '../outbox/port.ts'
import { neo4jGraph } from './neo4j.ts'
import type { Graph, Kind, Step } from './port.ts'
import { postgresGraph } from './postgres.ts'
import { type Edge, randomBy, randomEdges, writeGraph } from './random-graph.fixture.ts'
import { graphSender } from './sender.ts'

interface Subject {
  database: Database
  graph: Graph
  /** Lets the graph hold what the database does. */
  settle(enterpriseId: string): Promise<void>
  stop(): Promise<void>
}

const adapters: { name: Graph['adapter']; missing: string | null; start(): Promise<Subject> }[] = [
  {
    name: 'postgres',
    missing: null,
    async start() {
      const database = await freshDatabase()
      return { database, graph: postgresGraph(database), settle: async () => {}, stop: () => database.remove() }
    },
  },
  {
    name: 'neo4j',
    missing: withoutNeo4j,
    async start() {
      const database = await freshDatabase()
      const connection = await connectNeo4j()
      const settled = new Set<string>()
      const sender = graphSender(database, connection, {
        rebuilt: () => {},
        failed: (error) => {
          throw error
        },
      })
      return {
        database,
        graph: neo4jGraph(connection, database),
        async settle(id) {
          settled.add(id)
          await database.tenant(id, (tx) => subscribe(tx, id))
          expect(await sender.send(id)).toBe(true)
        },
        async stop() {
          for (const id of settled) await forgetInNeo4j(connection, id)
          await connection.close()
          await database.remove()
        },
      }
    },
  },
]

const edge = (source: number, target: number, weight: number, kind: Kind = 'related'): Edge => ({ source, target, kind, weight })

describe.each(adapters)('graph: $name', ({ name, missing, start }) => {
  let subject: Subject
  let graph: Graph
  beforeAll(async () => {
    if (missing) return
    subject = await start()
    graph = subject.graph
  })
  afterAll(() => subject?.stop())
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })

  async function given(count: number, edges: Edge[], tier?: 'standard') {
    const enterpriseId = await freshEnterprise(subject.database, tier)
    const ids = await writeGraph(subject.database, enterpriseId, count, edges)
    await subject.settle(enterpriseId)
    const numberOf = (id: string): number => ids.indexOf(id)
    const inOrder = (numbers: number[]) => numbers.sort((a, b) => a - b)
    return {
      enterpriseId,
      ids,
      id: (number: number): string => ids[number] as string,
      near: async (atom: number, depth: number, budget: number, scope: { kind?: Kind; domain?: string } = {}) => {
        const part = await graph.neighbourhood({ enterpriseId, ...scope }, ids[atom] as string, depth, budget)
        return (
          part && { ...part, atoms: inOrder(part.atoms.map(numberOf)), steps: part.steps.map((step) => [numberOf(step.from), numberOf(step.to)]) }
        )
      },
      way: async (from: number, to: number, most = 8) => {
        const steps = await graph.path(enterpriseId, ids[from] as string, ids[to] as string, most)
        return steps?.map((step) => [numberOf(step.from), numberOf(step.to), step.kind]) ?? null
      },
    }
  }

  it('says what it is', () => expect(graph.adapter).toBe(name))

  it('goes breadth first over pathways of either direction, to its depth', async () => {
    const { near } = await given(6, [edge(1, 2, 1), edge(3, 2, 1), edge(3, 4, 1), edge(5, 6, 1)])
    expect((await near(1, 1, 10))?.atoms).toEqual([1, 2])
    expect((await near(1, 2, 10))?.atoms).toEqual([1, 2, 3])
    expect(await near(1, 4, 10)).toEqual({
      atoms: [1, 2, 3, 4],
      steps: [
        [1, 2],
        [3, 2],
        [3, 4],
      ],
      truncated: false,
    })
  })

  it('keeps its budget, takes the heaviest first and says that something is left out', async () => {
    const { near } = await given(5, [edge(1, 2, 0.2), edge(1, 3, 0.9), edge(1, 4, 0.5), edge(5, 1, 0.7)])
    expect(await near(1, 2, 3)).toMatchObject({ atoms: [1, 3, 5], truncated: true })
    expect(await near(1, 2, 1)).toMatchObject({ atoms: [1], steps: [], truncated: true })
    expect(await near(1, 2, 5)).toMatchObject({ truncated: false })
  })

  it('follows one kind, and into one domain, where asked', async () => {
    const { near, enterpriseId, ids } = await given(4, [edge(1, 2, 1, 'contains'), edge(1, 3, 1, 'similar'), edge(3, 4, 1, 'similar')])
    expect((await near(1, 4, 10, { kind: 'similar' }))?.atoms).toEqual([1, 3, 4])
    expect((await near(1, 4, 10, { domain: 'odd' }))?.atoms).toEqual([1, 3])
    const even = await graph.heaviest({ enterpriseId, domain: 'even' }, 10)
    expect(even.atoms.map((id) => ids.indexOf(id)).sort()).toEqual([2, 4])
  })

  it('knows the best connected', async () => {
    const { enterpriseId, ids } = await given(5, [edge(1, 2, 1), edge(1, 3, 1), edge(4, 3, 1), edge(1, 4, 1, 'similar')])
    const numbers = async (budget: number, kind?: Kind) =>
      (await graph.heaviest({ enterpriseId, kind }, budget)).atoms.map((id) => ids.indexOf(id)).sort()
    expect(await numbers(1)).toEqual([1])
    expect(await numbers(3)).toEqual([1, 3, 4])
    expect(await numbers(2, 'similar')).toEqual([1, 4])
    expect(await graph.heaviest({ enterpriseId }, 5)).toMatchObject({ truncated: false })
    expect(await graph.heaviest({ enterpriseId }, 4)).toMatchObject({ truncated: true })
  })

  it('finds the shortest way, backwards too, and the strongest among the shortest', async () => {
    const { way } = await given(8, [edge(1, 2, 0.5), edge(3, 2, 0.5), edge(1, 4, 0.75), edge(4, 3, 0.5), edge(3, 5, 1), edge(5, 6, 1), edge(7, 8, 1)])
    expect(await way(1, 3)).toEqual([
      [1, 4, 'related'],
      [4, 3, 'related'],
    ])
    expect(await way(6, 2)).toEqual([
      [5, 6, 'related'],
      [3, 5, 'related'],
      [3, 2, 'related'],
    ])
    expect(await way(1, 1)).toEqual([])
    expect(await way(1, 7)).toBeNull()
    expect(await way(1, 6, 3)).toBeNull()
    expect(await way(1, 6, 4)).toHaveLength(4)
  })

  it('takes, of several pathways between the same two, the heaviest, then by kind, then the one that runs along', async () => {
    const { way } = await given(3, [
      edge(1, 2, 0.5, 'similar'),
      edge(2, 1, 0.5, 'contains'),
      edge(1, 2, 0.5, 'contains'),
      edge(2, 3, 0.25),
      edge(3, 2, 0.5, 'similar'),
    ])
    expect(await way(1, 3)).toEqual([
      [1, 2, 'contains'],
      [3, 2, 'similar'],
    ])
  })

  it('finds nothing of another enterprise, nor of an atom that is not there', async () => {
    const one = await given(2, [edge(1, 2, 1)])
    const other = await given(2, [edge(1, 2, 1)])
    expect(await graph.neighbourhood({ enterpriseId: one.enterpriseId }, other.id(1), 1, 10)).toBeNull()
    expect(await graph.neighbourhood({ enterpriseId: one.enterpriseId }, randomUUID(), 1, 10)).toBeNull()
    expect(await graph.path(one.enterpriseId, one.id(1), other.id(2), 4)).toBeNull()
    expect((await graph.heaviest({ enterpriseId: one.enterpriseId }, 10)).atoms.sort()).toEqual([one.id(1), one.id(2)].sort())
    expect((await graph.counts(one.enterpriseId)).atoms).toBe(2)
  })

  it('tells which enterprises of a tier reach how many atoms through their agents, each its own', async () => {
    const [small, large, other] = [await given(3, []), await given(5, []), await given(2, [], 'standard')]
    const work = async (enterpriseId: string, processed: [string, number[]][]) => {
      await subject.database.tenant(enterpriseId, async (tx) => {
        for (const [agent, atoms] of processed) {
          await tx.execute(sql`insert into agent_uses (enterprise_id, agent) values (${enterpriseId}, ${agent})`)
          for (const atom of atoms)
            await tx.execute(sql`insert into agent_atoms (enterprise_id, agent, atom) values (${enterpriseId}, ${agent}, ${atom})`)
        }
        await publish(tx, enterpriseId, { kind: 'agents.worked', atoms: processed.flatMap(([, atoms]) => atoms) })
      })
      await subject.settle(enterpriseId)
    }
    await work(small.enterpriseId, [
      ['planner', []],
      ['retriever', [1, 2]],
      ['verifier', [2]],
    ])
    await work(large.enterpriseId, [['retriever', [1, 2, 3]]])
    await work(other.enterpriseId, [['retriever', [1, 2]]])
    const all = [small, large, other].map(({ enterpriseId }) => enterpriseId)
    expect(await graph.reach(all, 'fortune_500')).toEqual([
      { enterpriseId: large.enterpriseId, atoms: 3, agents: [{ name: 'retriever', atoms: 3 }] },
      {
        enterpriseId: small.enterpriseId,
        atoms: 2,
        agents: [
          { name: 'planner', atoms: 0 },
          { name: 'retriever', atoms: 2 },
          { name: 'verifier', atoms: 1 },
        ],
      },
    ])
    expect(await graph.reach([other.enterpriseId], 'fortune_500')).toEqual([])
    expect(await graph.reach([small.enterpriseId], 'fortune_500')).toHaveLength(1)
    expect(await graph.counts(small.enterpriseId)).toMatchObject({ 'agents used': 3, 'atoms processed by agents': 3 })
  })

  it('on random graphs gives what the tables say, in the same order, and ways that are the shortest', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomBy(seed)
    const truth = postgresGraph(subject.database)
    for (let round = 0; round < 6; round++) {
      const atoms = 5 + Math.floor(random() * 40)
      const edges = randomEdges(random, atoms, Math.floor(atoms * (0.5 + 2 * random())))
      const { enterpriseId, ids } = await given(atoms, edges)
      const said = `seed ${seed}, round ${round}`
      const one = (): number => 1 + Math.floor(random() * atoms)
      for (let i = 0; i < 12; i++) {
        const scope = { enterpriseId, ...(random() < 0.3 ? { kind: 'similar' as const } : {}), ...(random() < 0.3 ? { domain: 'third' } : {}) }
        const [atom, depth, budget] = [ids[one()] as string, 1 + Math.floor(random() * 4), 1 + Math.floor(random() * atoms)]
        expect(await graph.neighbourhood(scope, atom, depth, budget), said).toEqual(await truth.neighbourhood(scope, atom, depth, budget))
        expect(await graph.heaviest(scope, budget), said).toEqual(await truth.heaviest(scope, budget))
        const [from, to] = [one(), one()]
        const path = await graph.path(enterpriseId, ids[from] as string, ids[to] as string, 8)
        expect(path, said).toEqual(await truth.path(enterpriseId, ids[from] as string, ids[to] as string, 8))
        expect(path?.length ?? null, said).toBe(distance(edges, from, to))
        expect(path && strength(path), said).toBe(strongest(edges, from, to))
      }
      expect(await graph.counts(enterpriseId), said).toEqual(await truth.counts(enterpriseId))
    }
  })
})

const strength = (steps: readonly Step[]): number => steps.reduce((sum, { weight }) => sum + weight, 0)

const bothWays = (edges: readonly Edge[]) =>
  edges.flatMap(({ source, target, weight }) => [
    { from: source, to: target, weight },
    { from: target, to: source, weight },
  ])

/** By trying level after level; null beyond 8. */
function distance(edges: readonly Edge[], from: number, to: number): number | null {
  let reached = new Set([from])
  for (let length = 0; length <= 8; length++) {
    if (reached.has(to)) return length
    const further = bothWays(edges).flatMap((step) => (reached.has(step.from) ? [step.to] : []))
    reached = new Set([...reached, ...further])
  }
  return null
}

/** The greatest sum of weights over ways of the least length, by Bellman's equation. */
function strongest(edges: readonly Edge[], from: number, to: number): number | null {
  let best = new Map([[from, 0]])
  const length = distance(edges, from, to)
  if (length === null) return null
  for (let i = 0; i < length; i++) {
    const further = new Map<number, number>()
    for (const step of bothWays(edges)) {
      const sum = best.get(step.from)
      if (sum !== undefined) further.set(step.to, Math.max(further.get(step.to) ?? 0, sum + step.weight))
    }
    best = further
  }
  return best.get(to) ?? null
}
