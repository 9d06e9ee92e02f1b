// Measures the same questions about the graph from the database and from Neo4j: `tsx bench/graph-store.ts [atoms …]` (default 6000 50000).
// Needs NEO4J_URL; the database is the embedded one, or PostgreSQL where DATABASE_URL names one. Results go to bench/results/graph-store.json.
import { cpus, loadavg, totalmem } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { readEnv } from '../server/env.ts'
import { neo4jGraph } from '../server/storage/graph/neo4j.ts'
import type { Graph } from '../server/storage/graph/port.ts'
import { postgresGraph } from '../server/storage/graph/postgres.ts'
import { type Edge, randomBy, writeGraph } from '../server/storage/graph/random-graph.fixture.ts'
import { graphSender } from '../server/storage/graph/sender.ts'
import { subscribe } from '../server/storage/outbox/port.ts'
import { freshDatabase, freshEnterprise } from '../server/testing/database.ts'
import { connectNeo4j, forgetInNeo4j, sharedNeo4j, withoutNeo4j } from '../server/testing/neo4j.ts'
import { testOn } from '../server/testing/postgres.ts'
import { keepResult } from './results.ts'

const seed = 20_261
const pathwaysAnAtom = 7
const questions = 60
const warmUp = 15

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** Documents of twenty atoms each, which contain, mention and resemble others: two of three pathways stay near. */
function edgesOf(random: () => number, atoms: number): Edge[] {
  const edges = new Map<string, Edge>()
  const add = (source: number, target: number, kind: Edge['kind'], weight: number) => {
    if (source !== target && target >= 1 && target <= atoms) edges.set(`${source} ${target} ${kind}`, { source, target, kind, weight })
  }
  for (let source = 1; source <= atoms; source++) {
    add(source - ((source - 1) % 20), source, 'contains', 1)
    for (let i = 1; i < pathwaysAnAtom; i++) {
      const far = random() < 1 / 3
      const target = far ? 1 + Math.floor(random() * atoms) : source + Math.floor((random() - 0.5) * 400)
      add(source, target, i % 3 ? 'similar' : 'mentions', Math.ceil(random() * 1_000) / 1_000)
    }
  }
  return [...edges.values()]
}

type Question = (graph: Graph) => Promise<unknown>

async function times(graph: Graph, asked: readonly Question[]): Promise<{ p50: number; p95: number }> {
  const found: number[] = []
  for (const [i, ask] of asked.entries()) {
    const started = performance.now()
    await ask(graph)
    if (i >= warmUp) found.push(performance.now() - started)
  }
  found.sort((a, b) => a - b)
  const at = (share: number): number => rounded(found[Math.floor(share * found.length)] as number)
  return { p50: at(0.5), p95: at(0.95) }
}

async function measure(atoms: number): Promise<Record<string, unknown>> {
  const random = randomBy(seed)
  const database = await freshDatabase()
  const connection = await connectNeo4j()
  const enterpriseId = await freshEnterprise(database)
  await database.tenant(enterpriseId, (tx) => subscribe(tx, enterpriseId))
  const edges = edgesOf(random, atoms)
  const ids = await writeGraph(database, enterpriseId, atoms, edges)
  await database.refreshStatistics()
  const started = performance.now()
  const sender = graphSender(database, connection, { rebuilt: () => {}, failed: () => {} })
  await sender.send(enterpriseId)
  const sentMs = performance.now() - started
  const atom = (): string => ids[1 + Math.floor(random() * atoms)] as string
  const scope = { enterpriseId }
  const kinds: Record<string, () => Question> = {
    'neighbourhood, depth 1, budget 200': () => {
      const start = atom()
      return (graph) => graph.neighbourhood(scope, start, 1, 200)
    },
    'neighbourhood, depth 3, budget 200': () => {
      const start = atom()
      return (graph) => graph.neighbourhood(scope, start, 3, 200)
    },
    'shortest path, at most 6': () => {
      const [from, to] = [atom(), atom()]
      return (graph) => graph.path(enterpriseId, from, to, 6)
    },
    'best connected, budget 200': () => (graph) => graph.heaviest(scope, 200),
  }
  const stores = { database: postgresGraph(database), neo4j: neo4jGraph(connection, database) }
  const milliseconds: Record<string, unknown> = {}
  for (const [name, make] of Object.entries(kinds)) {
    const asked = Array.from({ length: questions + warmUp }, make)
    for (const ask of asked.slice(0, 3)) {
      const [here, there] = [await ask(stores.database), await ask(stores.neo4j)]
      if (!isDeepStrictEqual(here, there)) throw new Error(`${name}: both sides answer differently`)
    }
    milliseconds[name] = { database: await times(stores.database, asked), neo4j: await times(stores.neo4j, asked) }
  }
  await forgetInNeo4j(connection, enterpriseId)
  await connection.close()
  const { adapter } = database
  await database.remove()
  return { atoms, pathways: edges.length, database: adapter, send_all_seconds: rounded(sentMs / 1_000), milliseconds }
}

if (withoutNeo4j) throw new Error(withoutNeo4j)
if (readEnv().databaseUrl) testOn('postgres')
const sizes = process.argv.slice(2).map(Number).filter(Boolean)
const load = loadavg()[0] ?? 0
const runs: Record<string, unknown>[] = []
for (const size of sizes.length > 0 ? sizes : [6_000, 50_000]) runs.push(await measure(size))
const report = {
  command: `tsx bench/graph-store.ts ${sizes.join(' ')}`.trim(),
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load_at_start: rounded(load),
  },
  neo4j: `${new URL(sharedNeo4j().url).hostname === '127.0.0.1' ? 'on the same machine' : 'over the network'}`,
  seed,
  runs,
}
keepResult('graph-store', report)
console.log(JSON.stringify(report, null, 2))
