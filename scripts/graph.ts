// npm run graph -- drift|rebuild|reach: the graph in Neo4j of every enterprise of this installation, compared with the database or built anew.
//   drift    counts both sides; exit code 1 when something differs
//   rebuild  builds it anew from the database, then compares
//   reach    which enterprises of a tier reach how many atoms through their agents (--tier fortune_500)
// With the embedded database AIA must not run meanwhile; on PostgreSQL it may.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { enterprises, tiers } from '../server/enterprise/tables.ts'
import { readEnv } from '../server/env.ts'
import { openPglite } from '../server/storage/database/pglite.ts'
import type { Database } from '../server/storage/database/port.ts'
import { openPostgres } from '../server/storage/database/postgres.ts'
import { connectToNeo4j, type GraphWatcher, openGraph } from '../server/storage/graph/open.ts'
import { restart } from '../server/storage/outbox/port.ts'

const verbs = ['drift', 'rebuild', 'reach']
const longestWaitMs = 600_000

const watcher: GraphWatcher = {
  away: (reason) => console.error(`Neo4j is away: ${reason}`),
  back: () => console.error('Neo4j is back'),
  notAnswered: (reason) => console.error(`Neo4j failed to answer: ${reason}`),
  notSent: (reason) => console.error(`Neo4j did not take a change: ${reason}`),
  rebuilt: ({ enterpriseId, atoms, durationMs }) => console.log(`${enterpriseId}: ${atoms} atoms built anew in ${durationMs} ms`),
}

type Names = { id: string; name: string }[]
type Graph = ReturnType<typeof openGraph>

/** @returns whether both sides agree for every enterprise */
async function drift({ graph }: Graph, all: Names): Promise<boolean> {
  let agrees = true
  for (const { id, name } of all) {
    const found = await graph.drift(id)
    const different = found?.counts.filter((row) => row.postgres !== row.neo4j) ?? []
    const atoms = found?.counts.find(({ what }) => what === 'atoms')?.postgres ?? 0
    const pathways = found?.counts.find(({ what }) => what === 'pathways')?.postgres ?? 0
    const isEqual = found?.isSettled === true && different.length === 0
    console.log(`${name} (${id}): ${isEqual ? `agrees, ${atoms} atoms, ${pathways} pathways` : `differs, ${found?.waiting ?? 0} changes wait`}`)
    for (const { what, postgres, neo4j } of different) console.log(`  ${what}: ${postgres} in the database, ${neo4j} in Neo4j`)
    agrees &&= isEqual
  }
  return agrees
}

async function rebuild(database: Database, opened: Graph, all: Names): Promise<boolean> {
  for (const { id } of all) await database.tenant(id, (tx) => restart(tx, id))
  opened.start()
  const until = Date.now() + longestWaitMs
  for (const { id } of all) {
    while (Date.now() < until && !(await opened.graph.drift(id).catch(() => null))?.isSettled)
      await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return drift(opened, all)
}

async function reach({ graph }: Graph, all: Names, tier: string): Promise<boolean> {
  const found = await graph.reach(
    all.map(({ id }) => id),
    tier,
  )
  if (found.length === 0) console.log(`There is no enterprise of the tier ${tier}.`)
  for (const { enterpriseId, atoms, agents } of found) {
    const name = all.find(({ id }) => id === enterpriseId)?.name
    console.log(`${name} (${enterpriseId}): ${atoms} atoms through ${agents.map((agent) => `${agent.name} ${agent.atoms}`).join(', ') || 'no agent'}`)
  }
  return true
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({ options: { tier: { type: 'string', default: 'fortune_500' } }, allowPositionals: true })
  const [verb = ''] = positionals
  if (!verbs.includes(verb) || positionals.length > 1) throw new Error(`Use: npm run graph -- ${verbs.join('|')}`)
  if (!tiers.some((tier) => tier === values.tier)) throw new Error(`There is no tier "${values.tier}". The tiers are: ${tiers.join(', ')}.`)
  const env = readEnv()
  if (!env.neo4j && verb !== 'reach') throw new Error('NEO4J_URL is not set: the graph stands in the database alone.')
  const migrations = join(process.cwd(), 'drizzle')
  const folder = join(env.dataDir, 'database')
  if (!env.databaseUrl && !existsSync(folder)) throw new Error(`There is no database in ${env.dataDir} (AIA_DATA_DIR).`)
  const connection = await connectToNeo4j(env.neo4j, watcher)
  const database = env.databaseUrl ? await openPostgres({ url: env.databaseUrl, migrations }) : await openPglite({ folder, migrations })
  const opened = openGraph(database, connection, watcher)
  try {
    const all = await database.identity((tx) => tx.select({ id: enterprises.id, name: enterprises.name }).from(enterprises))
    if (verb === 'reach') return await reach(opened, all, values.tier)
    return verb === 'drift' ? await drift(opened, all) : await rebuild(database, opened, all)
  } finally {
    await opened.stop()
    await database.close()
    await opened.close()
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
