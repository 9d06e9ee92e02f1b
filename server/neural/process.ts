import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { decide } from '../gateway/decide.ts'
import { type CallContext, longOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import type { Caller, Services } from '../gateway/services.ts'
import type { Planning, Transaction } from '../storage/database/port.ts'
import { analyse } from './asking/analyse.ts'
import { answer } from './asking/answer.ts'
import { budgetOf, mayUse } from './asking/budgets.ts'
import { readState } from './asking/knowledge-state.ts'
import { measureResult } from './asking/measure.ts'
import { recordResult } from './asking/record.ts'
import { type ProcessInput, type ProcessResult, processInput, processResult } from './contract.ts'
import { lexicalIndexOf } from './engine.ts'
import { refuseUnreadable } from './sources/gather.ts'
import { enqueueSources, storeOriginals } from './sources/store.ts'

const cacheSeconds = 3_600
const byKeys: Planning = { keepPlans: true }

/** Parsed when read: a cache outside this process may hold what an older AIA has stored. */
const cachedResult = z.object({ revision: z.int(), modelVersion: z.int(), result: processResult })

/** SHA-256 over what decides an answer, besides the knowledge itself. */
function inputHashOf(enterpriseId: string, input: ProcessInput): string {
  const { data, processing_type, enterprise_tier } = input
  return createHash('sha256')
    .update(JSON.stringify([enterpriseId, data.question?.trim() ?? null, data.content ?? null, data.title ?? null, processing_type, enterprise_tier]))
    .digest('hex')
}

export const process = longOperation
  .meta({ permission: 'knowledge.ask', limit: 'default', streams: true, audit: 'row', state: 'event' })
  .route({ method: 'POST', path: '/v1/neural/process', summary: 'Answer a question with citations, or analyse a content', tags: ['neural'] })
  .input(processInput)
  .output(processResult)
  .handler(async ({ input, context: { services, caller, read, write, progress } }) => {
    if (!mayUse(caller.tier, input.enterprise_tier))
      throw problem('forbidden', `enterprise_tier ${input.enterprise_tier} is above your enterprise's own (${caller.tier}).`, [
        { pointer: '/enterprise_tier', detail: `at most ${caller.tier}` },
      ])
    const call: Call = { services, caller, read, write, input, inputHash: inputHashOf(caller.enterpriseId, input), startedAt: performance.now() }
    const state = await read((tx) => readState(tx, caller.enterpriseId), byKeys)
    // It changes the knowledge, so it is done as often as it is asked for.
    if (input.data.remember) return analyseContent(call, state)
    const key = `neural:${call.inputHash}`
    const { value, made } = await services.cache.shared<ProcessResult>(`${key}:${state.revision}:${state.modelVersion}`, {
      async find() {
        const known = cachedResult.safeParse(await services.cache.get(key)).data
        return known?.revision === state.revision && known.modelVersion === state.modelVersion ? known.result : undefined
      },
      async make() {
        const result = input.data.content === undefined ? await answerQuestion(call, state, progress) : await analyseContent(call, state)
        // Under the state before it was made: where knowledge changed meanwhile, nobody finds it.
        await services.cache.set(key, { ...state, result } satisfies z.infer<typeof cachedResult>, cacheSeconds)
        return result
      },
    })
    if (made) return value
    const result = { ...value, id: randomUUID(), cached: true, timing_ms: { total: elapsedMs(call), retrieve: 0, compose: 0 } }
    const question = input.data.question?.trim() ?? titleOf(input, result.answer)
    await write((tx) => recordResult(tx, caller, { question, mode: input.processing_type, result, signals: [], tasks: [] }), byKeys)
    measureResult(services.measurements, caller.enterpriseId, input.processing_type, result, [])
    return result
  })

type Write = <T>(
  run: (tx: Transaction, audit: (about: { target?: string; detail?: Record<string, unknown> }) => void) => Promise<T>,
  planning?: Planning,
) => Promise<T>
type Read = <T>(run: (tx: Transaction) => Promise<T>, planning?: Planning) => Promise<T>
type State = Awaited<ReturnType<typeof readState>>

interface Call {
  services: Services
  caller: Caller
  read: Read
  write: Write
  input: ProcessInput
  inputHash: string
  startedAt: number
}

const elapsedMs = ({ startedAt }: Call) => Math.round((performance.now() - startedAt) * 10) / 10

/** What a content is called: its own title, or how its summary begins. */
const titleOf = ({ data }: ProcessInput, summary: string) => data.title ?? summary.slice(0, 80)

async function answerQuestion(call: Call, state: State, progress: CallContext['progress']): Promise<ProcessResult> {
  const { services, caller, write, input, inputHash } = call
  const { enterpriseId } = caller
  const question = (input.data.question as string).trim()
  const mode = input.processing_type
  const about = { enterpriseId, question, mode, budget: budgetOf(input.enterprise_tier), inputHash, state }
  const { result, signals, outcome } = await answer(services, about, progress)
  await write(async (tx, audit) => {
    await recordResult(tx, caller, { question, mode, result, signals, tasks: outcome.tasks })
    audit({ target: result.id, detail: { status: result.status } })
  }, byKeys)
  measureResult(services.measurements, enterpriseId, mode, result, outcome.tasks)
  return result
}

async function analyseContent(call: Call, state: State): Promise<ProcessResult> {
  const { services, caller, read, write, input, inputHash } = call
  const { enterpriseId } = caller
  const content = input.data.content as string
  const remember = input.data.remember === true
  const remembering = decide(caller, 'knowledge.write')
  if (remember && !remembering.allowed) throw problem('forbidden', remembering.reason)
  const found = await read((tx) => analyse(tx, lexicalIndexOf(services), enterpriseId, content, input.data.title ?? ''))
  const title = titleOf(input, found.summary)
  const incoming = {
    title,
    bytes: new TextEncoder().encode(content),
    contentType: 'text/plain',
    fileName: null,
    location: null,
    origin: 'memory' as const,
    pointer: '/data/content',
  }
  if (remember) await refuseUnreadable(incoming)
  const stored = remember ? await storeOriginals(services, enterpriseId, [incoming]) : []
  const result = await write(async (tx, audit) => {
    const [kept] = await enqueueSources(tx, services, caller, stored)
    const elapsed = elapsedMs(call)
    const analysed: ProcessResult = {
      id: randomUUID(),
      status: 'answered',
      answer: found.summary,
      confidence: found.nearest[0]?.similarity ?? 0,
      citations: [],
      path: [],
      agents: [],
      not_found: [],
      analysis: { ...found, source_id: kept?.id ?? null },
      model_version: state.modelVersion,
      input_hash: inputHash,
      cached: false,
      timing_ms: { total: elapsed, retrieve: elapsed, compose: 0 },
    }
    await recordResult(tx, caller, { question: title, mode: input.processing_type, result: analysed, signals: [], tasks: [] })
    audit({ target: analysed.id, detail: { remembered: remember } })
    return analysed
  })
  measureResult(services.measurements, enterpriseId, input.processing_type, result, [])
  return result
}
