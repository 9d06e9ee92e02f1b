import { describe, expect, it } from 'vitest'
import { type AgentsRequest, runAgents } from './agents.ts'
import type { Passage, Vocabulary } from './passage.ts'

const passage = (number: number, title: string, text: string, score = 1): Passage => ({
  atomId: `atom-${number}`,
  number,
  title,
  text,
  score,
  sourceId: `source-${number}`,
  sourceTitle: title,
  start: 100 * number,
  via: null,
})
const velmora = passage(1, 'Velmora', 'Velmora is a port town. It was founded in 1287 by the merchant Odo Brannick.')
const brannick = passage(2, 'Odo Brannick', 'Odo Brannick was a merchant and shipowner. He married Griet van Loom in 1271.')
const vocabulary: Vocabulary = { atoms: 200, idf: (term) => (/velmora|brannick|marri|griet|founder|spous|odo/.test(term) ? 4 : 5.9) }
const budget = { agents: 16, timeMs: 10_000, nodes: 100 }

/** A clock that moves a millisecond whenever it is read. */
const clock = (from = 1_700_000_000_000) => {
  let at = from
  return () => at++
}
const run = (request: Partial<AgentsRequest>, answers: (query: string) => Passage[], more: Parameters<typeof runAgents>[1] | object = {}) => {
  const queries: string[] = []
  const outcome = runAgents(
    { question: 'Whom did the founder of Velmora marry?', mode: 'standard', budget, ...request },
    {
      retrieve: async (query, limit) => {
        queries.push(query)
        return answers(query).slice(0, limit)
      },
      vocabulary: async () => vocabulary,
      now: clock(),
      ...more,
    },
  )
  return outcome.then((result) => ({ ...result, queries }))
}

describe('runAgents', () => {
  it('plans, reads, composes and verifies once in standard mode', async () => {
    const messages: string[] = []
    const outcome = await run({ question: 'Who founded Velmora?' }, () => [velmora], {
      onProgress: (event: { agent: string }) => messages.push(event.agent),
    })
    expect(outcome.status).toBe('answered')
    expect(outcome.tasks.map((task) => task.agent)).toEqual(['planner', 'retriever', 'composer', 'verifier'])
    expect(outcome.tasks.every((task) => task.acceptedAtFirstReview && task.retries === 0)).toBe(true)
    for (const task of outcome.tasks) {
      expect(task.durationMs).toBeGreaterThan(0)
      expect(task.endedAt.getTime() - task.startedAt.getTime()).toBe(task.durationMs)
      expect(task.outcome).not.toBe('')
    }
    expect(outcome.citations[0]).toMatchObject({ n: 1, sourceId: 'source-1', atomId: 'atom-1' })
    for (const { quote, start, end } of outcome.citations) expect(velmora.text.slice(start - velmora.start, end - velmora.start)).toBe(quote)
    expect(outcome.usedPassages).toEqual([velmora])
    expect(new Set(messages)).toEqual(new Set(['planner', 'retriever', 'composer', 'verifier']))
  })

  it('walks from part to part in enterprise mode', async () => {
    // The second passage is only found by the name that the first one gives.
    const outcome = await run({ mode: 'enterprise' }, (query) => [
      ...(query.includes('Velmora') ? [velmora] : []),
      ...(query.includes('Brannick') ? [brannick] : []),
    ])
    const single = await run({}, () => [velmora])
    expect(single.answer).not.toContain('Griet')
    expect(outcome.queries.length).toBeGreaterThan(single.queries.length)
  })

  it('sends the retriever out again when the draft lacks something, and records who had to', async () => {
    const decoy = passage(9, 'Velmora market', 'The market of Velmora opens on Fridays.')
    const outcome = await run({ question: 'Who founded Velmora, a merchant or a duke?', mode: 'enterprise' }, (query) =>
      /merchant/.test(query) && !/Who/.test(query) ? [velmora] : [decoy],
    )
    const retries = outcome.tasks.filter((task) => task.retries > 0)
    expect(retries.map((task) => task.agent)).toContain('retriever')
    expect(outcome.citations.map((citation) => citation.atomId)).toContain('atom-1')
    const firstRead = outcome.tasks.find((task) => task.agent === 'retriever')
    const lastRead = outcome.tasks.findLast((task) => task.agent === 'retriever')
    expect(firstRead?.acceptedAtFirstReview).toBe(false)
    expect(lastRead?.acceptedAtFirstReview).toBe(true)
    expect(outcome.tasks.find((task) => task.agent === 'composer')?.acceptedAtFirstReview).toBe(false)
  })

  it('accepts nobody and cites nothing when nothing is found', async () => {
    const outcome = await run({ mode: 'enterprise' }, () => [])
    expect(outcome).toMatchObject({ status: 'no_answer', answer: '', citations: [], usedPassages: [], confidence: 0 })
    expect(outcome.notFound).toContain('Velmora')
    for (const task of outcome.tasks) if (task.agent !== 'verifier') expect(task.acceptedAtFirstReview).toBe(false)
  })

  it('keeps to its budgets', async () => {
    const many = Array.from({ length: 50 }, (_, at) => passage(at + 1, `Velmora ${at}`, `Velmora has a quay number ${at}.`))
    const question = 'Who founded Velmora and who is the mayor of Tarsk and when did the Keld Railway open?'
    const few = await run({ question, mode: 'enterprise', budget: { agents: 6, timeMs: 10_000, nodes: 20 } }, () => many)
    expect(few.tasks.length).toBeLessThanOrEqual(6)
    const nodes: number[] = []
    await run({ question, mode: 'enterprise', budget: { agents: 40, timeMs: 10_000, nodes: 20 } }, () => many, {
      retrieve: async (_: string, limit: number) => {
        nodes.push(limit)
        return many.slice(0, limit)
      },
    })
    expect(nodes.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(20)
    const hurried = await run({ question, mode: 'enterprise', budget: { agents: 40, timeMs: 1, nodes: 100 } }, () => many)
    expect(hurried.tasks.map((task) => task.agent)).toEqual(['planner', 'retriever', 'composer', 'verifier'])
  })

  it('takes a checked phrasing, else the cited sentences', async () => {
    const phrased = await run({ question: 'Who founded Velmora?' }, () => [velmora], {
      phrase: async () => 'Odo Brannick founded Velmora in 1287 [1].',
    })
    expect(phrased.answer).toBe('Odo Brannick founded Velmora in 1287 [1].')
    expect(phrased.citations.length).toBeGreaterThan(0)
    const extractive = await run({ question: 'Who founded Velmora?' }, () => [velmora], { phrase: async () => null })
    expect(extractive.answer).toContain(extractive.citations[0]?.quote)
    const silent = await run({ question: 'Who founded Xanadu?' }, () => [velmora], { phrase: async () => 'Nobody [1].' })
    expect(silent.answer).toBe('')
  })

  it('is deterministic', async () => {
    const once = await run({ mode: 'enterprise' }, () => [velmora, brannick])
    const twice = await run({ mode: 'enterprise' }, () => [velmora, brannick])
    expect(twice).toEqual(once)
  })

  it('lets a failing tool fail the run', async () => {
    await expect(
      run({}, () => {
        throw new Error('the store is away')
      }),
    ).rejects.toThrow('the store is away')
  })
})
