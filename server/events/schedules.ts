import type { ScheduleDefinition } from '../jobs/port.ts'
import { forgetOldEvents, keptMs } from '../storage/outbox/port.ts'

export const eventSchedules: readonly ScheduleDefinition[] = [
  {
    name: 'events-retention',
    cron: '25 * * * *',
    run: ({ database }) => database.identity((tx) => forgetOldEvents(tx, new Date(Date.now() - keptMs))),
  },
]
