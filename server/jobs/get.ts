import { longOperation } from '../gateway/operation.ts'
import { jobId, jobWithSteps } from './contract.ts'
import { findRun } from './runs.ts'
import { jobView, noSuchJob, scopeOf, stepsOf } from './view.ts'

export const getJob = longOperation
  .meta({ permission: 'jobs.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/jobs/{id}', summary: 'One run with its steps, attempts, errors and progress', tags: ['jobs'] })
  .input(jobId)
  .output(jobWithSteps)
  .handler(async ({ input, context: { read, caller, services } }) => {
    const { run, own } = await read(async (tx) => {
      const found = await findRun(tx, scopeOf(caller), input.id)
      if (!found) throw noSuchJob()
      return { run: found, own: await stepsOf(tx, [found]) }
    })
    const steps = (run.scheduled ? await services.database.identity((tx) => stepsOf(tx, [run])) : own).get(run.id) ?? []
    return { ...jobView(services, run, steps), steps }
  })
