import { count, eq } from 'drizzle-orm'
import { longOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { auditedRule, definitionOf, shownRule, standingOf, tellOfRule } from './alert-rules.ts'
import { alertLimits, alertRule, alertRuleInput } from './contract.ts'
import { alertRules } from './tables.ts'

export const makeRule = longOperation
  .meta({ permission: 'alerts.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/analytics/alert-rules',
    successStatus: 201,
    summary: 'Make an alert rule of the enterprise; it is looked at every minute',
    tags: ['analytics'],
  })
  .input(alertRuleInput)
  .output(alertRule)
  .handler(async ({ input, context: { write, caller, services } }) => {
    const { enterpriseId } = caller
    const definition = definitionOf(input)
    const standing = await standingOf(services, enterpriseId, definition, input.paused)
    return write(async (tx, audit) => {
      const [kept] = await tx.select({ n: count() }).from(alertRules).where(eq(alertRules.enterpriseId, enterpriseId))
      if ((kept?.n ?? 0) >= alertLimits.rules) throw problem('conflict', `At most ${alertLimits.rules} alert rules can be kept; delete one first.`)
      const [rule] = await tx
        .insert(alertRules)
        .values({ ...definition, ...standing, name: input.name, isPaused: input.paused, enterpriseId })
        .returning()
      if (!rule) throw new Error('The rule was not stored.')
      audit({ target: rule.id, after: auditedRule(rule) })
      await tellOfRule(tx, rule)
      return shownRule(rule)
    })
  })
