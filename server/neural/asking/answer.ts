import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Services } from '../../gateway/services.ts'
import { type AgentsOutcome, runAgents } from '../answering/agents.ts'
import type { Passage } from '../answering/passage.ts'
import { createPhraser } from '../answering/phrase.ts'
import type { ProcessProgress, ProcessResult, pathStep } from '../contract.ts'
import { lexicalIndexOf } from '../engine.ts'
import type { IndexView } from '../lexical/lexical-index.ts'
import type { Ranked } from '../ranking/rank.ts'
import { vectorsOf } from '../vectors/engine.ts'
import { questionVectors } from '../vectors/question.ts'
import type { Budget } from './budgets.ts'
import { type KnowledgeState, loadModel } from './knowledge-state.ts'
import { readAtoms, retrieve } from './passages.ts'
import type { ResultSignal } from './record.ts'

export interface Question {
  enterpriseId: string
  question: string
  mode: 'standard' | 'advanced' | 'enterprise'
  budget: Budget
  inputHash: string
  state: KnowledgeState
}

export interface Answered {
  result: ProcessResult
  signals: ResultSignal[]
  outcome: AgentsOutcome
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10

/** Answers a question from the knowledge of an enterprise. Every citation is a span of a stored text. */
export async function answer(services: Services, ask: Question, onProgress?: (event: ProcessProgress) => void): Promise<Answered> {
  const startedAt = performance.now()
  const { database } = services
  const index = lexicalIndexOf(services)
  const model = await loadModel(services, ask.enterpriseId, ask.state.modelVersion)
  const vectors = vectorsOf(services)
  const vectorOf = questionVectors(services)
  const seen = new Map<number, Passage>()
  const ranked = new Map<number, Ranked>()
  let view: IndexView | undefined
  const outcome = await runAgents(
    { question: ask.question, mode: ask.mode, budget: ask.budget },
    {
      async retrieve(question, limit) {
        const vector = await vectorOf(question)
        const meaning = vectors && vector ? { index: vectors.index, model: vectors.embedder.model, vector } : null
        const request = { question, mode: ask.mode, limit, nodes: ask.budget.nodes, model, meaning }
        const found = await retrieve(database, index, ask.enterpriseId, request)
        view = found.view
        for (const passage of found.passages) seen.set(passage.number, passage)
        for (const hit of found.ranked) if (!ranked.has(hit.number)) ranked.set(hit.number, hit)
        return found.passages
      },
      async vocabulary(terms) {
        if (!view) throw new Error('Words are counted in the knowledge that a retrieval saw.')
        const known = view
        const frequencies = known.documentFrequencies(terms)
        return { atoms: known.atoms, idf: (term) => known.inverseFrequency(frequencies.get(term) ?? 0) }
      },
      phrase: services.env.llm
        ? createPhraser(services.env.llm, (url, init) => {
            database.assertOutsideTransaction('A call to the language model')
            return services.outbound.call(url, init)
          })
        : undefined,
      ...(onProgress ? { onProgress } : {}),
    },
  )
  const result: ProcessResult = {
    id: randomUUID(),
    status: outcome.status,
    answer: outcome.answer,
    confidence: outcome.confidence,
    citations: outcome.citations.map((c) => ({
      n: c.n,
      source_id: c.sourceId,
      atom_id: c.atomId,
      title: c.title,
      quote: c.quote,
      start: c.start,
      end: c.end,
    })),
    path: await pathOf(services, ask.enterpriseId, outcome.usedPassages, seen),
    agents: outcome.tasks.map((task) => ({ name: task.agent, task: task.task, outcome: task.outcome, duration_ms: round(task.durationMs) })),
    not_found: outcome.notFound,
    analysis: null,
    model_version: ask.state.modelVersion,
    input_hash: ask.inputHash,
    cached: false,
    timing_ms: { total: round(performance.now() - startedAt), retrieve: round(outcome.timing.retrieveMs), compose: round(outcome.timing.composeMs) },
  }
  const cited = new Map(outcome.citations.map((citation) => [citation.atomId, citation.n]))
  const signals = [...ranked.values()].flatMap((hit): ResultSignal[] => {
    const passage = seen.get(hit.number)
    return passage ? [{ ...hit, atomId: passage.atomId, cited: cited.get(passage.atomId) ?? null }] : []
  })
  return { result, signals, outcome }
}

/** The pathways along which retrieval came to what the answer cites, back to the atoms that the question itself found. */
async function pathOf(
  services: Services,
  enterpriseId: string,
  used: readonly Passage[],
  seen: Map<number, Passage>,
): Promise<z.infer<typeof pathStep>[]> {
  const steps: { from: number; to: number; kind: z.infer<typeof pathStep>['kind']; weight: number }[] = []
  const followed = new Set<number>()
  const queue = [...used]
  for (let passage = queue.shift(); passage; passage = queue.shift()) {
    if (!passage.via || followed.has(passage.number)) continue
    followed.add(passage.number)
    steps.push({ from: passage.via.from, to: passage.number, kind: passage.via.kind, weight: passage.via.weight })
    const origin = seen.get(passage.via.from)
    if (origin) queue.push(origin)
  }
  if (steps.length === 0) return []
  const missing = steps.map((step) => step.from).filter((number) => !seen.has(number))
  const others = missing.length ? await services.database.read(enterpriseId, (tx) => readAtoms(tx, enterpriseId, missing)) : new Map()
  const end = (number: number) => {
    const passage = seen.get(number)
    return passage ? { id: passage.atomId, title: passage.title } : (others.get(number) as { id: string; title: string } | undefined)
  }
  return steps.reverse().flatMap((step) => {
    const [from, to] = [end(step.from), end(step.to)]
    return from && to ? [{ from: from.id, to: to.id, from_title: from.title, to_title: to.title, kind: step.kind, weight: step.weight }] : []
  })
}
