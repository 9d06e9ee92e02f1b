import { type Tier, tiers } from '../../enterprise/index.ts'

/** What one question may use: atoms visited, agent tasks, milliseconds. */
export interface Budget {
  nodes: number
  agents: number
  timeMs: number
}

const budgets: Record<Tier, Budget> = {
  standard: { nodes: 500, agents: 6, timeMs: 2_000 },
  enterprise: { nodes: 2_000, agents: 12, timeMs: 5_000 },
  fortune_500: { nodes: 5_000, agents: 24, timeMs: 10_000 },
}

export const budgetOf = (tier: Tier): Budget => budgets[tier]

/** True when a caller of tier `own` may ask with the budgets of `wanted`. */
export const mayUse = (own: Tier, wanted: Tier): boolean => tiers.indexOf(wanted) <= tiers.indexOf(own)
