import { setTimeout as sleep } from 'node:timers/promises'
import { ExportVerifier } from '../crypto/transparency/audit-export.ts'
import { seededRandom } from '../neural/ranking/random.ts'
import type { Runtime } from '../runtime.ts'
import { ownerOf } from './runtime.ts'

/** What the clients of a load were told, and what they were refused. */
export interface LoadReport {
  calls: number
  /** Sources that were accepted, and of those the ones whose deletion was confirmed. */
  added: number
  deleted: number
  questions: number
  feedback: number
  /**
   * Calls that were answered 503, which a client then made again. `long`: work beside the database, or of several transactions, which cannot
   * all be run again: adding, deleting, asking.
   */
  unavailable: { reads: number; writes: number; long: number }
  longestMs: number
}

export interface Load {
  report(): LoadReport
  /** Waits until so many more calls have ended. */
  more(calls: number): Promise<void>
  /** Ends the load. @throws Error of the first call that was answered as none should be */
  stop(): Promise<LoadReport>
  /**
   * After `stop`: waits until all work is done, then looks for everything that was acknowledged.
   * @returns what is wrong, in sentences; none: nothing
   */
  findings(): Promise<string[]>
}

interface Lamp {
  id: string
  number: number
}

// No two loads of a process make the same lamp: the same text is one atom, whichever source it is cited from.
let lampsMade = 0

type Owner = Awaited<ReturnType<typeof ownerOf>>

const leave = { title: 'Leave policy', content: 'Every employee receives 28 days of paid leave per year.', content_type: 'text/plain' }
const leaveQuestion = 'How many days of paid leave does an employee receive?'
const settleMs = 120_000
const sampled = 12

/**
 * Mixed operations of some clients by a seed: sources are added and deleted, questions asked, answers judged, lists read. Each client does as a
 * client should: what is not available it asks for again, a change under the same key.
 */
export async function startLoad(runtime: Runtime, seed: number, { clients = 4, pauseMs = 20 } = {}): Promise<Load> {
  const random = seededRandom(seed)
  const lamps: Lamp[] = []
  const gone: Lamp[] = []
  const judged = new Set<string>()
  const report: LoadReport = {
    calls: 0,
    added: 0,
    deleted: 0,
    questions: 0,
    feedback: 0,
    unavailable: { reads: 0, writes: 0, long: 0 },
    longestMs: 0,
  }
  let owner: Owner = await ownerOf(runtime)
  let [serial, sent, isOver] = [0, 0, false]
  const before = await sourceCounts(owner)
  const leaveId = (await owner.json<{ id: string }>('POST', 'neural/sources', leave)).id

  /** @returns the answer's status and body, which is none of 401, 429 and 503 */
  async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown>; tries: number }> {
    const key = `load-${seed}-${++serial}`
    for (let tries = 1; ; tries++) {
      const startedAt = performance.now()
      const response = await owner.call(method, path, body, { headers: method === 'GET' ? {} : { 'idempotency-key': key } })
      report.longestMs = Math.max(report.longestMs, Math.round(performance.now() - startedAt))
      report.calls++
      if (response.status === 503) report.unavailable[method === 'GET' ? 'reads' : path === 'neural/feedback' ? 'writes' : 'long']++
      // A token lives a quarter of an hour, less when the clock jumps.
      else if (response.status === 401) owner = await signedIn(runtime, () => isOver)
      else if (response.status !== 429) return { status: response.status, body: (await response.json()) as Record<string, unknown>, tries }
      await sleep(response.status === 429 ? 2_000 : 100)
    }
  }
  function expectDone(what: string, { status, body }: { status: number; body: unknown }): void {
    if (status >= 300) throw new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`)
  }

  async function add(): Promise<void> {
    sent++
    const number = ++lampsMade
    const content = `The lamp number ${number} stands in room R${number * 7}.`
    const answer = await call('POST', 'neural/sources', { title: `Lamp ${number}`, content, content_type: 'text/plain' })
    expectDone('A source', answer)
    lamps.push({ id: answer.body.id as string, number })
    report.added++
  }
  async function remove(): Promise<void> {
    const at = Math.floor(random() * lamps.length)
    const [lamp] = lamps.splice(at, 1)
    if (!lamp) return
    const answer = await call('DELETE', `neural/sources/${lamp.id}`)
    // Gone: an earlier try was done and could not say so.
    if (answer.status !== 404 || answer.tries === 1) expectDone('A deletion', answer)
    gone.push(lamp)
    report.deleted++
  }
  async function ask(): Promise<void> {
    const answer = await call('POST', 'neural/process', { data: { question: leaveQuestion } })
    expectDone('A question', answer)
    const { status, answer: text, id } = answer.body as { status: string; answer: string; id: string }
    if (status !== 'answered' || !text.includes('28')) throw new Error(`The question was answered ${status}: ${text}`)
    report.questions++
    if (random() < 0.2) {
      expectDone('Feedback', await call('POST', 'neural/feedback', { result_id: id, useful: true }))
      judged.add(id)
      report.feedback++
    }
  }
  async function read(): Promise<void> {
    expectDone('A list', await call('GET', random() < 0.5 ? 'neural/sources' : 'neural/status'))
  }
  async function client(): Promise<void> {
    while (!isOver) {
      const chance = random()
      if (chance < 0.3) await add()
      else if (chance < 0.4) await remove()
      else if (chance < 0.75) await ask()
      else await read()
      await sleep(pauseMs * (0.5 + random()))
    }
  }

  await untilSettled(owner, leaveId)
  const running = Promise.all(Array.from({ length: clients }, client))
  // It is awaited in `stop`; until then a failure only ends it.
  running.catch(() => {
    isOver = true
  })
  return {
    report: () => structuredClone(report),
    async more(calls) {
      const until = report.calls + calls
      while (report.calls < until && !isOver) await sleep(10)
    },
    async stop() {
      isOver = true
      await running
      return structuredClone(report)
    },
    async findings() {
      owner = await signedIn(runtime)
      const found: string[] = []
      const counts = await untilIdle(owner)
      const open = counts.queued + counts.processing + counts.failed
      if (open > 0) found.push(`${open} documents are not ready: ${JSON.stringify(counts)}`)
      // Of a call that got no answer nobody knows, so there may be more than was acknowledged.
      const fewest = before.ready + 1 + lamps.length
      if (counts.ready < fewest || counts.ready > before.ready + 1 + sent - report.deleted)
        found.push(`${counts.ready} documents are ready, of ${fewest} acknowledged ones and ${sent} sent`)
      let atoms = 0
      for (const { id, number } of lamps) {
        const response = await owner.call('GET', `neural/sources/${id}`)
        const source = (await response.json()) as { state?: string; atoms?: number }
        atoms += source.atoms ?? 0
        if (source.state !== 'ready' || !source.atoms)
          found.push(`Lamp ${number} was acknowledged and is ${response.status} ${JSON.stringify(source)}`)
      }
      const status = await owner.json<{ atoms: number }>('GET', 'neural/status')
      if (atoms > status.atoms) found.push(`The sources hold ${atoms} atoms, the knowledge ${status.atoms}`)
      for (const { id, number } of gone)
        if ((await owner.call('GET', `neural/sources/${id}`)).status !== 404) found.push(`Lamp ${number} was deleted and is there`)
      for (const { id, number } of Array.from(
        { length: Math.min(sampled, lamps.length) },
        () => lamps[Math.floor(random() * lamps.length)] as Lamp,
      )) {
        const asked = await owner.json<{ answer: string; citations: { source_id: string }[] }>('POST', 'neural/process', {
          data: { question: `In which room stands the lamp number ${number}?` },
        })
        if (!asked.answer.includes(`R${number * 7}`) || !asked.citations.some((each) => each.source_id === id))
          found.push(`Lamp ${number} is ready and not found: ${asked.answer}`)
      }
      for (const id of judged) {
        const response = await owner.call('GET', `neural/results/${id}`)
        const { feedback } = (await response.json()) as { feedback?: { useful: boolean }[] }
        if (!feedback?.some(({ useful }) => useful)) found.push(`The answer ${id} was judged, and the judgement is not there (${response.status})`)
      }
      const log = new ExportVerifier([])
      for (const line of (await (await owner.call('GET', 'audit/export')).text()).trimEnd().split('\n')) log.line(line)
      for (const { detail } of log.report().problems) found.push(`The audit log: ${detail}`)
      return found
    },
  }
}

async function signedIn(runtime: Runtime, isOver = () => false): Promise<Owner> {
  for (;;) {
    try {
      return await ownerOf(runtime)
    } catch (error) {
      // Signing in is not available either; whoever stops meanwhile is not kept.
      if (isOver() || !/answered (?:503|429)/.test((error as Error).message)) throw error
      await sleep(200)
    }
  }
}

interface SourceCounts {
  queued: number
  processing: number
  failed: number
  ready: number
}

const sourceCounts = async (owner: Owner): Promise<SourceCounts> =>
  (await owner.json<{ counts: SourceCounts }>('GET', 'neural/sources?limit=1')).counts

async function untilIdle(owner: Owner): Promise<SourceCounts> {
  for (const until = Date.now() + settleMs; ; ) {
    const counts = await sourceCounts(owner)
    if (counts.queued + counts.processing === 0 || Date.now() > until) return counts
    await sleep(100)
  }
}

async function untilSettled(owner: Owner, id: string): Promise<void> {
  while ((await owner.json<{ state: string }>('GET', `neural/sources/${id}`)).state !== 'ready') await sleep(50)
}
