import { type Transaction, together } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import type { AgentTask } from '../answering/agents.ts'
import type { ProcessResult } from '../contract.ts'
import type { Ranked } from '../ranking/rank.ts'
import { results } from '../tables.ts'
import { recordAgentWork } from './agent-work.ts'

/** The best ranked atoms kept with an answer: what learning from feedback needs. */
const signalsKept = 30

export interface ResultSignal extends Ranked {
  /** Citation number when the answer cites it. */
  cited: number | null
  atomId: string
}

/** Stores an answer with what led to it: history, feedback and metrics read it. */
export async function recordResult(
  tx: Transaction,
  who: { enterpriseId: string; personId: string },
  answer: { question: string; mode: string; result: ProcessResult; signals: ResultSignal[]; tasks: AgentTask[] },
): Promise<void> {
  const { result } = answer
  const signals = answer.signals.slice(0, signalsKept)
  const row = {
    id: result.id,
    enterpriseId: who.enterpriseId,
    personId: who.personId,
    question: answer.question,
    mode: answer.mode,
    status: result.status,
    confidence: result.confidence,
    inputHash: result.input_hash,
    modelVersion: result.model_version,
    cached: result.cached,
    durationMs: result.timing_ms.total,
    result,
    signals,
  }
  // The answer first: its tasks refer to it.
  const stored = tx.insert(results).values(row).execute()
  const agents = recordAgentWork(tx, { enterpriseId: who.enterpriseId, resultId: result.id }, answer.tasks, signals)
  const [, worked] = await together(stored, agents)
  const { id, status, cached, timing_ms: timing } = result
  const given = { id, person: who.personId, status, mode: answer.mode, cached, duration_ms: timing.total }
  await publish(tx, who.enterpriseId, ...worked, { kind: 'answer.given', ...given })
}
