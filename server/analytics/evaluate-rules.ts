import { and, asc, eq, sql } from 'drizzle-orm'
import { namedLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import { stateOf } from './alert-evaluation.ts'
import { type AlertRule, figureOfRule, tellOfRule } from './alert-rules.ts'
import { alertRules } from './tables.ts'

type Part = Pick<Services, 'database' | 'series' | 'log'>

/**
 * Looks at the rules of every enterprise as they are at `now`. Only another state is written, and told in the same transaction; so it may be
 * repeated, and run twice at once. While the time series are away every rule stays as it is: that a figure cannot be read says nothing about it.
 */
export async function evaluateRules(services: Part, now: number): Promise<void> {
  const { database } = services
  const found = await database.readIdentity((tx) =>
    tx.selectDistinct({ id: alertRules.enterpriseId }).from(alertRules).where(eq(alertRules.isPaused, false)),
  )
  for (const { id } of found) if (!(await evaluateThose(services, id, now))) return
}

/** @returns false when the time series are away */
async function evaluateThose({ database, series, log }: Part, enterpriseId: string, now: number): Promise<boolean> {
  const rules = await database.read(enterpriseId, (tx) =>
    tx
      .select()
      .from(alertRules)
      .where(and(eq(alertRules.enterpriseId, enterpriseId), eq(alertRules.isPaused, false)))
      .orderBy(asc(alertRules.id)),
  )
  const changed: { rule: AlertRule; standing: Pick<AlertRule, 'state' | 'value'> }[] = []
  for (const rule of rules) {
    try {
      const value = await figureOfRule(series, enterpriseId, rule, now)
      const state = stateOf(rule, value)
      if (state !== rule.state) changed.push({ rule, standing: { state, value } })
    } catch (error) {
      if ((await series.check()).isAway) return false
      // One that cannot be looked at keeps nobody from the others.
      namedLogger(log, 'alerts').error({ err: error, rule: rule.id }, 'an alert rule could not be looked at')
    }
  }
  if (changed.length > 0)
    await database.tenant(enterpriseId, async (tx) => {
      for (const { rule, standing } of changed) {
        // Not when somebody has changed it meanwhile, or another process was here first.
        const isAsRead = and(eq(alertRules.revision, rule.revision), sql`${alertRules.state} is not distinct from ${rule.state}`)
        const [written] = await tx
          .update(alertRules)
          .set({ ...standing, since: new Date(now) })
          .where(and(eq(alertRules.enterpriseId, enterpriseId), eq(alertRules.id, rule.id), isAsRead))
          .returning()
        if (written) await tellOfRule(tx, written)
      }
    })
  return true
}
