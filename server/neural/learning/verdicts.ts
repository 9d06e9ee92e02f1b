import { asc, inArray } from 'drizzle-orm'
import type { Transaction } from '../../storage/database/port.ts'
import type { ResultSignal } from '../asking/record.ts'
import type { Feedback, Verdict } from '../ranking/learn.ts'
import { type PublishedModel, priorModel } from '../ranking/model.ts'
import { feedback, models, results } from '../tables.ts'

/** The latest answers with feedback that a run learns from. */
const mostAnswers = 2_000

/** What people said about answers, in the terms of learn.ts, oldest first. */
export async function readFeedback(tx: Transaction): Promise<Feedback[]> {
  const said = await tx.select().from(feedback).orderBy(asc(feedback.createdAt), asc(feedback.id))
  const ids = [...new Set(said.map(({ resultId }) => resultId))].slice(-mostAnswers)
  if (ids.length === 0) return []
  const shown = await tx
    .select({ id: results.id, signals: results.signals, version: results.modelVersion })
    .from(results)
    .where(inArray(results.id, ids))
  const weights = new Map<number, PublishedModel['weights']>([[0, priorModel.weights]])
  for (const row of await tx.select({ version: models.version, weights: models.weights }).from(models))
    weights.set(row.version, row.weights as PublishedModel['weights'])
  const byId = new Map(shown.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const answer = byId.get(id)
    const opinions = new Map(said.filter(({ resultId }) => resultId === id).map(({ citation, useful }) => [citation, useful]))
    if (!answer) return []
    return [{ verdicts: verdictsOf(answer.signals as ResultSignal[], opinions, weights.get(answer.version) ?? priorModel.weights) }]
  })
}

/**
 * A citation is judged by what was said about it, else by what was said about the whole answer. When the answer was useful, what was
 * ranked and not cited counts as less useful than what was.
 * @param opinions by citation number, 0 = the answer as a whole
 */
export function verdictsOf(signals: readonly ResultSignal[], opinions: ReadonlyMap<number, boolean>, weights: PublishedModel['weights']): Verdict[] {
  const whole = opinions.get(0)
  return signals.flatMap((signal, index): Verdict[] => {
    const useful = signal.cited === null ? (whole === true ? false : undefined) : (opinions.get(signal.cited) ?? whole)
    if (useful === undefined) return []
    const { via } = signal
    const weight = via ? weights[via.kind] : 0
    return [{ useful, place: index + 1, contributions: via && weight > 0 ? { [via.kind]: signal.signals.hop / weight } : {} }]
  })
}
