import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { publish } from '../storage/outbox/port.ts'
import { auditedRule, ruleOf, shownRule } from './alert-rules.ts'
import { alertRule, alertRuleId } from './contract.ts'
import { alertRules } from './tables.ts'

export const deleteRule = operation
  .meta({ permission: 'alerts.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({ method: 'DELETE', path: '/v1/analytics/alert-rules/{id}', summary: 'Delete an alert rule', tags: ['analytics'] })
  .input(alertRuleId)
  .output(alertRule)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [rule] = await tx.delete(alertRules).where(ruleOf(caller, input.id)).returning()
    if (!rule) throw problem('not_found', 'There is no such alert rule.')
    audit({ target: rule.id, before: auditedRule(rule) })
    await publish(tx, caller.enterpriseId, { kind: 'alert.changed', id: rule.id, state: 'removed' })
    return shownRule(rule)
  })
