import { setTimeout as sleep } from 'node:timers/promises'
import type { Runtime } from '../runtime.ts'
import { ownerOf } from './runtime.ts'

const settleMs = 120_000

interface Page {
  items: { id: string; state: string; about: Record<string, unknown> }[]
  next_cursor: string | null
}

/**
 * After a load and its faults: waits until every reading that was accepted has ended, and looks whether it did so once and well.
 * @returns what has not come to that, in sentences; none: all has
 */
export async function notEndedOnce(runtime: Runtime): Promise<string[]> {
  const owner = await ownerOf(runtime)
  async function look(): Promise<string[]> {
    const found: string[] = []
    const jobsOf = new Map<unknown, number>()
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = await owner.json<Page>('GET', `jobs?name=ingestion&limit=200${cursor && `&cursor=${cursor}`}`)
      for (const { id, state, about } of page.items) {
        if (state !== 'done') found.push(`The job ${id} is ${state}`)
        jobsOf.set(about.source_id, (jobsOf.get(about.source_id) ?? 0) + 1)
      }
      cursor = page.next_cursor
    }
    for (const [source, jobs] of jobsOf) if (jobs !== 1) found.push(`The source ${source} has ${jobs} jobs`)
    return found
  }
  for (const until = Date.now() + settleMs; ; await sleep(500)) {
    const found = await look()
    if (found.length === 0 || Date.now() > until) return found
  }
}
