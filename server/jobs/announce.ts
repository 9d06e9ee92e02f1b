import { DBOS } from '@dbos-inc/dbos-sdk'
import type { Database } from '../storage/database/port.ts'
import { publish } from '../storage/outbox/port.ts'
import { type JobDefinition, JobLost } from './port.ts'

/** The work of a job, which tells of its end when it failed, or when its definition says so. That a job was cancelled is told by who did it. */
export function tellingOfEnd(database: Database, { name, announced, run: work }: JobDefinition): JobDefinition['run'] {
  async function tell(enterpriseId: string, state: 'done' | 'failed'): Promise<void> {
    const id = DBOS.workflowID ?? ''
    // The job has ended whether somebody hears of it or not.
    await database.tenant(enterpriseId, (tx) => publish(tx, enterpriseId, { kind: 'job.ended', id, name, state })).catch(() => {})
  }
  return async (services, input, run) => {
    try {
      await work(services, input, run)
    } catch (error) {
      if (!(error instanceof JobLost) && !/Cancelled/.test((error as Error).name)) await tell(input.enterpriseId, 'failed')
      throw error
    }
    if (announced) await tell(input.enterpriseId, 'done')
  }
}
