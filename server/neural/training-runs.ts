import { desc } from 'drizzle-orm'
import { noInput, operation } from '../gateway/operation.ts'
import { trainingRunList } from './contract.ts'
import { trainingRunView } from './learning/view.ts'
import { trainingRuns as runs } from './tables.ts'

/** Runs that are listed; older ones stay in the table. */
const mostRuns = 200

export const trainingRuns = operation
  .meta({ permission: 'learning.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/neural/training-runs',
    summary: 'Training runs with the judged measures before and after, newest first',
    tags: ['neural'],
  })
  .input(noInput)
  .output(trainingRunList)
  .handler(async ({ context: { tx } }) => ({
    items: (await tx.select().from(runs).orderBy(desc(runs.createdAt)).limit(mostRuns)).map(trainingRunView),
  }))
