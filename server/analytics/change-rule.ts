import { sql } from 'drizzle-orm'
import { longOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { auditedRule, definitionOf, isSameDefinition, ruleOf, shownRule, standingOf, tellOfRule } from './alert-rules.ts'
import { alertRule, alertRuleChange } from './contract.ts'
import { alertRules } from './tables.ts'

export const changeRule = longOperation
  .meta({ permission: 'alerts.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'PUT', path: '/v1/analytics/alert-rules/{id}', summary: 'Change an alert rule, pause it or let it go on', tags: ['analytics'] })
  .input(alertRuleChange)
  .output(alertRule)
  .handler(async ({ input, context: { write, caller, services } }) => {
    const definition = definitionOf(input)
    const standing = await standingOf(services, caller.enterpriseId, definition, input.paused)
    return write(async (tx, audit) => {
      const [before] = await tx.select().from(alertRules).where(ruleOf(caller, input.id)).for('update')
      if (!before) throw problem('not_found', 'There is no such alert rule.')
      // Another name is no other state: it is as long in it as it was.
      const isAsBefore = isSameDefinition(before, definition) && before.state === standing.state
      const [rule] = await tx
        .update(alertRules)
        .set({
          ...definition,
          ...(isAsBefore ? {} : standing),
          name: input.name,
          isPaused: input.paused,
          revision: sql`${alertRules.revision} + 1`,
        })
        .where(ruleOf(caller, input.id))
        .returning()
      if (!rule) throw new Error('The rule was not stored.')
      audit({ target: rule.id, before: auditedRule(before), after: auditedRule(rule) })
      await tellOfRule(tx, rule)
      return shownRule(rule)
    })
  })
