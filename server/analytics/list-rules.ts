import { asc, eq } from 'drizzle-orm'
import { noInput, operation } from '../gateway/operation.ts'
import { shownRule } from './alert-rules.ts'
import { alertRuleList } from './contract.ts'
import { alertRules } from './tables.ts'

export const listRules = operation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/analytics/alert-rules',
    summary: 'Alert rules of the enterprise with their states, by name',
    tags: ['analytics'],
  })
  .input(noInput)
  .output(alertRuleList)
  .handler(async ({ context: { tx, caller } }) => ({
    items: (
      await tx.select().from(alertRules).where(eq(alertRules.enterpriseId, caller.enterpriseId)).orderBy(asc(alertRules.name), asc(alertRules.id))
    ).map(shownRule),
  }))
