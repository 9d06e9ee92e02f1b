import { and, asc, eq, sql } from 'drizzle-orm'
import type { PersonalData } from '../gateway/personal-data.ts'
import { feedback, judgedQuestions, results, sources } from './tables.ts'

/** Questions somebody asked are theirs and go; documents they added are the enterprise's and stay. */
export const neuralPersonalData: PersonalData = {
  async collect(tx, _services, { personId, enterpriseId }) {
    const asked = await tx
      .select({
        id: results.id,
        at: results.createdAt,
        question: results.question,
        mode: results.mode,
        status: results.status,
        result: results.result,
      })
      .from(results)
      .where(and(eq(results.enterpriseId, enterpriseId), eq(results.personId, personId)))
      .orderBy(asc(results.createdAt))
    const judged = await tx
      .select({ at: feedback.createdAt, result: feedback.resultId, citation: feedback.citation, useful: feedback.useful })
      .from(feedback)
      .where(and(eq(feedback.enterpriseId, enterpriseId), eq(feedback.personId, personId)))
      .orderBy(asc(feedback.createdAt))
    const added = await tx
      .select({ id: sources.id, at: sources.createdAt, title: sources.title, location: sources.location })
      .from(sources)
      .where(and(eq(sources.enterpriseId, enterpriseId), eq(sources.createdBy, personId)))
      .orderBy(asc(sources.createdAt))
    return {
      'Questions and answers': asked.map(({ result, ...row }) => ({ ...row, answer: (result as { answer?: unknown }).answer ?? null })),
      Feedback: judged,
      'Documents added': added,
    }
  },
  async erase(tx, { personId, enterpriseId }) {
    const theirs = and(eq(results.enterpriseId, enterpriseId), eq(results.personId, personId))
    // A question that learning took over from feedback is the person's own words too.
    await tx
      .delete(judgedQuestions)
      .where(
        and(
          eq(judgedQuestions.enterpriseId, enterpriseId),
          eq(judgedQuestions.origin, 'feedback'),
          sql`${judgedQuestions.question} in ${tx.select({ question: results.question }).from(results).where(theirs)}`,
        ),
      )
    await tx.delete(results).where(theirs)
  },
}
