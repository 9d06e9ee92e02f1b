import type { Services } from '../gateway/services.ts'
import { publish } from '../storage/outbox/port.ts'
import { type JobDefinition, type JobInput, JobLost } from './port.ts'
import type { CurrentRun } from './run.ts'

/**
 * The work of a job, which tells of its end once: when it failed for good, with what puts right what it left, or when its definition says so.
 * That a job was cancelled is told by who did it.
 */
export function tellingOfEnd({ name, announced, failed, run: work }: JobDefinition) {
  return async (services: Services, input: JobInput, run: CurrentRun): Promise<void> => {
    const tell = (state: 'done' | 'failed') =>
      run.end(async (tx) => {
        if (state === 'failed') await failed?.(tx, services, input)
        await publish(tx, input.enterpriseId, { kind: 'job.ended', id: run.id, name, state })
      })
    try {
      await work(services, input, run)
    } catch (error) {
      if (!(error instanceof JobLost) && !/Cancelled/.test((error as Error).name)) await tell('failed')
      throw error
    }
    if (announced) await tell('done')
  }
}
