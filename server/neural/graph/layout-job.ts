import { eq, inArray } from 'drizzle-orm'
import { namedLogger } from '../../gateway/log.ts'
import type { Services } from '../../gateway/services.ts'
import type { JobDefinition, JobRun } from '../../jobs/port.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { readState } from '../asking/knowledge-state.ts'
import { limits } from '../contract.ts'
import { graphLayouts, sources } from '../tables.ts'
import { heaviestPart } from './heaviest.ts'
import { layOutInThread } from './layout-thread.ts'
import { readNumbers, readPathways } from './read-graph.ts'
import { hashOfGraph, layoutState, readLayout, standing, writeLayout } from './stored-layout.ts'

/** Changes within so many seconds are laid out together; many more while sources wait to be read, each of which will change the graph again. */
const togetherSeconds = { usual: 5, whileReading: 120 } as const

/**
 * Has the graph of an enterprise laid out anew some seconds after `tx` commits, once for all changes of that time. Called after the knowledge was locked: who
 * asks for the same job at the same time waits for the other's commit.
 */
export async function requestLayout(tx: Transaction, services: Services, enterpriseId: string): Promise<void> {
  const [waiting] = await tx
    .select({ id: sources.id })
    .from(sources)
    .where(inArray(sources.state, ['queued', 'processing']))
    .limit(1)
  const seconds = waiting ? togetherSeconds.whileReading : togetherSeconds.usual
  const id = `layout-${enterpriseId}-${seconds}-${Math.floor(Date.now() / 1_000 / seconds)}`
  // Whoever joins late in that time still comes before it runs.
  await services.jobs.start(tx, enterpriseId, { name: 'layout', input: { enterpriseId }, id, delaySeconds: 2 * seconds })
}

/** The same at a start, when the graph is not the one that was laid out last. */
export async function requestMissingLayout(tx: Transaction, services: Services, enterpriseId: string): Promise<void> {
  const { revision } = await readState(tx, enterpriseId)
  if (revision !== ((await layoutState(tx, enterpriseId))?.revision ?? 0)) await requestLayout(tx, services, enterpriseId)
}

/** Keeps places and communities of an enterprise's graph: relaxed from where they were, or from nothing the first time. */
export const layoutJob: JobDefinition = {
  name: 'layout',
  concurrency: 1,
  run: (services, { enterpriseId }, run) => run.step('lay out', () => keepLayout(services, enterpriseId, run)),
  async cancelled() {
    // The former layout stands; the next change asks for another.
  },
}

/** Nothing is written before the end, so a run that was killed is simply made again. */
async function keepLayout({ database, log }: Services, enterpriseId: string, run: Pick<JobRun, 'hold'>): Promise<void> {
  const startedAt = performance.now()
  const { revision, numbers, pathways, stored } = await database.tenant(enterpriseId, async (tx) => ({
    revision: (await readState(tx, enterpriseId)).revision,
    numbers: await readNumbers(tx, enterpriseId),
    pathways: await readPathways(tx, enterpriseId),
    stored: await readLayout(tx, enterpriseId),
  }))
  const part = heaviestPart(numbers, pathways, { nodes: limits.mapNodes, edges: limits.mapEdges })
  const own = Int32Array.from(part.atoms, (place) => numbers[place] as number)
  const weights = Float32Array.from(part.pathways, (place) => pathways.weights[place] as number)
  const graphHash = hashOfGraph(own, part.ends, weights)
  const { known, positions } = standing(part, numbers, stored)
  const isSame = stored?.graphHash === graphHash
  const laidOut = isSame || own.length === 0 ? stored : await layOutInThread({ count: own.length, edges: part.ends, weights, known, positions })
  await database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    if (!laidOut || own.length === 0) await tx.delete(graphLayouts).where(eq(graphLayouts.enterpriseId, enterpriseId))
    else await writeLayout(tx, enterpriseId, revision, { ...laidOut, graphHash, numbers: own })
  })
  const fresh = own.length - known.reduce((sum, each) => sum + each, 0)
  namedLogger(log, 'graph').info({ atoms: own.length, fresh, changed: !isSame, duration_ms: Math.round(performance.now() - startedAt) }, 'laid out')
}
