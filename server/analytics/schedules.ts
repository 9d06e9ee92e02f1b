import type { ScheduleDefinition } from '../jobs/port.ts'

export const analyticsSchedules: readonly ScheduleDefinition[] = [
  { name: 'series-retention', cron: '50 * * * *', run: ({ series }) => series.expire() },
]
