import type { Measurements } from '../../gateway/measurements.ts'
import type { AgentTask } from '../answering/agents.ts'
import type { ProcessResult } from '../contract.ts'

/** Measures a result that was given, and the work of the agents that made it. One from the cache is counted only: nothing was made. */
export function measureResult(
  measurements: Measurements,
  enterpriseId: string,
  mode: string,
  result: ProcessResult,
  tasks: readonly AgentTask[],
): void {
  const what = (metric: string, tags: Record<string, string> = {}) =>
    ({ measurement: 'neural_intelligence', enterpriseId, metric, tags: { mode, ...tags } }) as const
  measurements.count(what('answers', { status: result.status, cached: result.cached ? 'yes' : 'no' }))
  if (result.cached) return
  measurements.observe(what('answer_latency_ms'), result.timing_ms.total)
  measurements.observe(what('confidence'), result.confidence)
  measurements.observe(what('citations'), result.citations.length)
  for (const { agent, durationMs, acceptedAtFirstReview } of tasks) {
    measurements.count(what('agent_ms', { agent }), durationMs)
    measurements.count(what('agent_accepted_ms', { agent }), acceptedAtFirstReview ? durationMs : 0)
  }
}
