import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { type ProcessResult, type processingTypes, storedResult } from '../contract.ts'
import { feedback, results } from '../tables.ts'

export const getResult = operation
  .meta({ permission: 'knowledge.ask', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/neural/results/{id}', summary: 'An answer as it was given, with your feedback', tags: ['neural'] })
  .input(z.strictObject({ id: z.uuid() }))
  .output(storedResult)
  .handler(async ({ input, context: { tx, caller } }) => {
    // Colleagues may open a shared answer: it belongs to the enterprise.
    const [row] = await tx.select().from(results).where(eq(results.id, input.id))
    if (!row) throw problem('not_found', 'There is no such answer.')
    const given = await tx
      .select({ citation: feedback.citation, useful: feedback.useful })
      .from(feedback)
      .where(and(eq(feedback.resultId, row.id), eq(feedback.personId, caller.personId)))
    return {
      ...(row.result as ProcessResult),
      mode: row.mode as (typeof processingTypes)[number],
      question: row.question,
      created_at: row.createdAt.toISOString(),
      feedback: given,
    }
  })
