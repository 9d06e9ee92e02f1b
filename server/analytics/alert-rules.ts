import { and, eq } from 'drizzle-orm'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { publish } from '../storage/outbox/port.ts'
import type { TimeSeries } from '../storage/timeseries/port.ts'
import { figureOf, stateOf } from './alert-evaluation.ts'
import { aggregatesOf, catalogue } from './catalogue.ts'
import type { AlertRuleInput, TagFilters } from './contract.ts'
import { type AskedMetric, metricOf, unitOf } from './measured.ts'
import { alertRules } from './tables.ts'

export type AlertRule = typeof alertRules.$inferSelect
/** What a rule looks at and holds against what, without the state that it is in. */
type Definition = Pick<AlertRule, 'measurement' | 'metric' | 'aggregate' | 'tags' | 'condition' | 'threshold' | 'unit' | 'windowSeconds'>
type Standing = Pick<AlertRule, 'state' | 'since' | 'value'>

/** What a rule looks at; null when nothing of the kind is measured any more. */
function metricOfRule({ measurement, metric, aggregate }: Pick<Definition, 'measurement' | 'metric' | 'aggregate'>): AskedMetric | null {
  const found = catalogue.find((each) => each.measurement === measurement && each.metric === metric)
  return found && aggregatesOf(found.kind).includes(aggregate) ? { ...found, aggregate } : null
}

/** @throws problem invalid_input for what is not measured, or not so */
export function definitionOf({ measurement, metric, aggregate, tags, condition, threshold, window_seconds }: AlertRuleInput): Definition {
  const given: TagFilters = Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== undefined))
  const asked = metricOf({ measurement, metric, aggregate, ...given }, 'tags/')
  return { measurement, metric, aggregate: asked.aggregate, tags: given, condition, threshold, unit: unitOf(asked), windowSeconds: window_seconds }
}

const asKept = ({ measurement, metric, aggregate, tags, condition, threshold, unit, windowSeconds }: Definition) => ({
  measurement,
  metric,
  aggregate,
  tags: Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))),
  condition,
  threshold,
  unit,
  window_seconds: windowSeconds,
})
export const isSameDefinition = (one: Definition, other: Definition) => JSON.stringify(asKept(one)) === JSON.stringify(asKept(other))

export const shownRule = (rule: AlertRule) => ({
  id: rule.id,
  name: rule.name,
  ...asKept(rule),
  paused: rule.isPaused,
  state: rule.state,
  since: rule.since?.toISOString() ?? null,
  value: rule.value,
  created_at: rule.createdAt.toISOString(),
})

/** A rule for its audit row: a name may be somebody's, and the row stays for ever. */
export const auditedRule = (rule: AlertRule) => ({ ...asKept(rule), paused: rule.isPaused })

export const ruleOf = (caller: { enterpriseId: string }, id: string) => and(eq(alertRules.enterpriseId, caller.enterpriseId), eq(alertRules.id, id))

/** The figure that a rule is about, now; null where nothing was measured. @throws while the time series cannot be read */
export async function figureOfRule(series: Pick<TimeSeries, 'query'>, enterpriseId: string, rule: Definition, now: number): Promise<number | null> {
  const metric = metricOfRule(rule)
  return metric && figureOf(series, metric, { enterpriseId, tags: rule.tags, windowSeconds: rule.windowSeconds, now })
}

/** How a rule stands that nobody has looked at. */
const notLookedAt: Standing = { state: null, since: null, value: null }

/**
 * How a rule stands now, so that whoever makes it sees that at once; not looked at while it is paused, or while the time series are away: the
 * next minute does. Outside of any transaction.
 */
export async function standingOf({ series }: Pick<Services, 'series'>, enterpriseId: string, rule: Definition, isPaused: boolean): Promise<Standing> {
  if (isPaused) return notLookedAt
  const now = Date.now()
  try {
    const value = await figureOfRule(series, enterpriseId, rule, now)
    return { state: stateOf(rule, value), since: new Date(now), value }
  } catch (error) {
    if ((await series.check()).isAway) return notLookedAt
    throw error
  }
}

/** Tells that a rule is another one now, or in another state. As late in its transaction as can be. */
export const tellOfRule = (tx: Transaction, rule: Pick<AlertRule, 'enterpriseId' | 'id' | 'state'>) =>
  publish(tx, rule.enterpriseId, { kind: 'alert.changed', id: rule.id, state: rule.state ?? 'unknown' })
