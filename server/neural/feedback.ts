import { eq, sql } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { feedbackInput, feedbackResult, type ProcessResult } from './contract.ts'
import { feedback as feedbackTable, results } from './tables.ts'

export const feedback = operation
  .meta({ permission: 'knowledge.ask', limit: 'default', audit: 'row', state: 'made' })
  .route({ method: 'POST', path: '/v1/neural/feedback', summary: 'Say whether an answer, or single citations, were useful', tags: ['neural'] })
  .input(feedbackInput)
  .output(feedbackResult)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    if (input.useful === undefined && !input.citations?.length)
      throw problem('invalid_input', 'Say something about the answer (useful) or about its citations.', [
        { pointer: '/useful', detail: 'useful or citations must be given' },
      ])
    const [row] = await tx.select({ result: results.result }).from(results).where(eq(results.id, input.result_id))
    if (!row) throw problem('not_found', 'There is no such answer.')
    const known = new Set((row.result as ProcessResult).citations.map((citation) => citation.n))
    for (const [index, { n }] of (input.citations ?? []).entries())
      if (!known.has(n))
        throw problem('invalid_input', `The answer has no citation ${n}.`, [{ pointer: `/citations/${index}/n`, detail: 'no such citation' }])
    const said = [
      ...(input.useful === undefined ? [] : [{ citation: 0, useful: input.useful }]),
      ...(input.citations ?? []).map(({ n, useful }) => ({ citation: n, useful })),
    ]
    // The last word about the same thing counts, also within one call.
    const last = [...new Map(said.map((entry) => [entry.citation, entry])).values()]
    await tx
      .insert(feedbackTable)
      .values(last.map((entry) => ({ ...entry, enterpriseId: caller.enterpriseId, resultId: input.result_id, personId: caller.personId })))
      .onConflictDoUpdate({
        target: [feedbackTable.resultId, feedbackTable.personId, feedbackTable.citation],
        set: { useful: sql`excluded.useful`, createdAt: sql`now()` },
      })
    audit({ target: input.result_id, after: last })
    return { result_id: input.result_id, recorded: last.length }
  })
