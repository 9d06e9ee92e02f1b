import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { job, jobId } from './contract.ts'
import { cancelRun, findRun } from './runs.ts'
import { jobView, noSuchJob, scopeOf, stepsOf } from './view.ts'

export const cancelJob = operation
  .meta({ permission: 'jobs.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/jobs/{id}/cancel',
    summary: 'Stop a job that waits or runs; what it left half done is taken away with it',
    tags: ['jobs'],
  })
  .input(jobId)
  .output(job)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const scope = scopeOf(caller)
    const before = await findRun(tx, scope, input.id, true)
    if (!before) throw noSuchJob()
    if (before.state !== 'queued' && before.state !== 'running')
      throw problem('conflict', `Only a job that waits or runs can be cancelled; this one is ${before.state}.`)
    const definition = services.jobs.definition(before.name)
    if (!definition?.cancelled || !before.input)
      throw problem('conflict', `A job of the kind ${before.name} must run to its end; it cannot be cancelled.`)
    await cancelRun(tx, before.id)
    await definition.cancelled(tx, services, before.input)
    const after = await findRun(tx, scope, input.id)
    if (!after) throw noSuchJob()
    audit({ target: after.id, before: { state: before.state }, after: { state: after.state }, detail: { name: after.name } })
    return jobView(services, after, (await stepsOf(tx, [after])).get(after.id))
  })
