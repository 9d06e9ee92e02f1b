import type { ScheduleDefinition } from '../jobs/port.ts'
import { evaluateRules } from './evaluate-rules.ts'

export const analyticsSchedules: readonly ScheduleDefinition[] = [
  { name: 'series-retention', cron: '50 * * * *', run: ({ series }) => series.expire() },
  { name: 'alert-rules', cron: '* * * * *', run: (services) => evaluateRules(services, Date.now()) },
]
