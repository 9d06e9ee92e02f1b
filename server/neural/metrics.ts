import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { noInput, operation } from '../gateway/operation.ts'
import { rows, type Transaction } from '../storage/database/port.ts'
import { type metric, metrics as metricsSchema } from './contract.ts'

type Metric = z.infer<typeof metric>
const windowText = 'last 24 hours'
const within = sql`now() - interval '24 hours'`

async function latency(tx: Transaction, enterpriseId: string): Promise<Metric[]> {
  const [row] = await rows<{ n: number; p50: number | null; p95: number | null; p99: number | null }>(
    tx,
    sql`select count(*)::int as n, percentile_cont(0.5) within group (order by duration_ms) as p50, percentile_cont(0.95) within group (order by duration_ms) as p95,
               percentile_cont(0.99) within group (order by duration_ms) as p99
        from results where enterprise_id = ${enterpriseId} and created_at > ${within} and not cached`,
  )
  return ([50, 95, 99] as const).map((percent) => ({
    name: `answer_latency_p${percent}`,
    value: row?.[`p${percent}`] ?? null,
    unit: 'ms',
    definition: `The time within which ${percent} % of the questions were answered on the server, from the parsed question to the result; answers from the cache are left out.`,
    window: windowText,
    n: row?.n ?? 0,
  }))
}

async function coordination(tx: Transaction, enterpriseId: string): Promise<Metric> {
  const [row] = await rows<{ n: number; value: number | null }>(
    tx,
    sql`select count(*)::int as n, sum(duration_ms) filter (where accepted_at_first_review) / nullif(sum(duration_ms), 0) as value
        from agent_tasks where enterprise_id = ${enterpriseId} and ended_at > ${within}`,
  )
  // No task means no data; tasks of which none was accepted mean zero.
  const value = row && row.n > 0 ? (row.value ?? 0) : null
  return {
    name: 'coordination_efficiency',
    value,
    unit: 'ratio',
    definition: 'Seconds that agents spent on work accepted at the first review, divided by all seconds that agents worked.',
    window: windowText,
    n: row?.n ?? 0,
  }
}

async function agents(tx: Transaction, enterpriseId: string): Promise<Metric> {
  const [row] = await rows<{ n: number; agents: number }>(
    tx,
    sql`select count(*)::int as n, count(distinct agent)::int as agents
        from agent_tasks where enterprise_id = ${enterpriseId} and ended_at > ${within}`,
  )
  return {
    name: 'agents',
    value: row && row.n > 0 ? row.agents : null,
    unit: 'count',
    definition: 'Different agents that ended a task: planners, retrievers, verifiers and composers of answers; n is the number of their tasks.',
    window: windowText,
    n: row?.n ?? 0,
  }
}

async function shares(tx: Transaction, enterpriseId: string): Promise<Metric[]> {
  const [row] = await rows<{ n: number; answered: number; no_answer: number; cached: number; citations: number | null }>(
    tx,
    sql`select count(*)::int as n, count(*) filter (where status = 'answered')::int as answered, count(*) filter (where status = 'no_answer')::int as no_answer,
               count(*) filter (where cached)::int as cached, avg(json_array_length((result->'citations')::json)) as citations
        from results where enterprise_id = ${enterpriseId} and created_at > ${within}`,
  )
  const n = row?.n ?? 0
  const share = (part: number | undefined) => (n === 0 || part === undefined ? null : part / n)
  const of = (name: string, value: number | null, unit: string, definition: string): Metric => ({
    name,
    value,
    unit,
    definition,
    window: windowText,
    n,
  })
  return [
    of('questions', n, 'count', 'Questions and contents that were processed.'),
    of('answered_share', share(row?.answered), 'ratio', 'Questions answered in full, divided by all questions.'),
    of('no_answer_share', share(row?.no_answer), 'ratio', 'Questions that the knowledge does not cover, divided by all questions.'),
    of('cached_share', share(row?.cached), 'ratio', 'Questions answered from the cache, divided by all questions.'),
    of('citations_per_answer', n === 0 ? null : Number(row?.citations ?? 0), 'count', 'Mean number of citations an answer.'),
  ]
}

async function judgedByPeople(tx: Transaction, enterpriseId: string): Promise<Metric[]> {
  const [row] = await rows<{ answers: number; useful: number; citations: number; useful_citations: number }>(
    tx,
    sql`select count(*) filter (where citation = 0)::int as answers, count(*) filter (where citation = 0 and useful)::int as useful,
               count(*) filter (where citation > 0)::int as citations, count(*) filter (where citation > 0 and useful)::int as useful_citations
        from feedback where enterprise_id = ${enterpriseId}`,
  )
  const ratio = (part = 0, all = 0) => (all === 0 ? null : part / all)
  return [
    {
      name: 'useful_answers',
      value: ratio(row?.useful, row?.answers),
      unit: 'ratio',
      definition: 'Answers that people called useful, divided by the answers they judged.',
      window: 'all time',
      n: row?.answers ?? 0,
    },
    {
      name: 'useful_citations',
      value: ratio(row?.useful_citations, row?.citations),
      unit: 'ratio',
      definition: 'Citations that people called useful, divided by the citations they judged.',
      window: 'all time',
      n: row?.citations ?? 0,
    },
  ]
}

async function retrievalQuality(tx: Transaction, enterpriseId: string): Promise<Metric[]> {
  const [row] = await rows<{ measures: { questions: number; recall_at_5: number; ndcg_at_10: number } }>(
    tx,
    sql`select case when published then after else before end as measures from training_runs where enterprise_id = ${enterpriseId} and state = 'done' and before is not null order by created_at desc limit 1`,
  )
  return (['recall_at_5', 'ndcg_at_10'] as const).map((name) => ({
    name,
    value: row && row.measures.questions > 0 ? row.measures[name] : null,
    unit: 'percent',
    definition:
      name === 'recall_at_5'
        ? 'Share of the relevant atoms among the first five, mean over the frozen judged questions, with the published model.'
        : 'Normalised discounted cumulative gain of the first ten atoms, mean over the frozen judged questions, with the published model.',
    window: 'last training run',
    n: row?.measures?.questions ?? 0,
  }))
}

export const metrics = operation
  .meta({ permission: 'learning.read', limit: 'default', audit: 'none', list: 'metrics' })
  .route({
    method: 'GET',
    path: '/v1/neural/metrics',
    summary: 'Measured quality, latency and coordination, each with definition, window and n',
    tags: ['neural'],
  })
  .input(noInput)
  .output(metricsSchema)
  .handler(async ({ context: { tx, caller } }) => {
    const id = caller.enterpriseId
    return {
      metrics: [
        ...(await shares(tx, id)),
        ...(await latency(tx, id)),
        await coordination(tx, id),
        await agents(tx, id),
        ...(await retrievalQuality(tx, id)),
        ...(await judgedByPeople(tx, id)),
      ],
      measured_at: new Date().toISOString(),
    }
  })
