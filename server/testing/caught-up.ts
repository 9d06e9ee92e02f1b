import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime } from '../runtime.ts'
import { onDatabase } from './postgres.ts'
import { ownerOf } from './runtime.ts'

const settleMs = 120_000
const openTransactions = `select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`

interface Drift {
  agrees: boolean | null
  waiting: number
  counts: { what: string; postgres: number; neo4j: number }[]
}

/**
 * After a load and its faults: waits until every part is up, graph and database agree, no measurement waits and no transaction is left open.
 * @returns what has not come to that, in sentences; none: all has
 */
export async function notCaughtUp(runtime: Runtime): Promise<string[]> {
  const owner = await ownerOf(runtime)
  async function look(): Promise<string[]> {
    const found: string[] = []
    const parts = await runtime.parts()
    for (const [name, { adapter, state }] of Object.entries(parts)) if (state !== 'up') found.push(`${name} (${adapter}) is ${state}`)
    const { buffered = 0, dropped = 0 } = parts.timeseries ?? {}
    if (buffered + dropped > 0) found.push(`${buffered} measurements wait, ${dropped} are lost`)
    const response = await owner.call('GET', 'neural/graph/drift')
    if (!response.ok) return [...found, `the drift cannot be told: ${response.status}`]
    const { agrees, waiting, counts } = (await response.json()) as Drift
    const different = counts.filter(({ postgres, neo4j }) => postgres !== neo4j)
    if (agrees === false) found.push(`the graph differs (${waiting} changes wait): ${JSON.stringify(different)}`)
    const { databaseUrl } = runtime.services.env
    const [open] = databaseUrl ? await onDatabase<{ n: number }>(databaseUrl, openTransactions) : []
    if (open && open.n > 0) found.push(`${open.n} transactions are open`)
    return found
  }
  for (const until = Date.now() + settleMs; ; await sleep(200)) {
    const found = await look()
    if (found.length === 0 || Date.now() > until) return found
  }
}
