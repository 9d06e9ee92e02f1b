import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { job, jobId } from './contract.ts'
import { findRun, repeatRun } from './runs.ts'
import { jobView, noSuchJob, scopeOf, stepsOf } from './view.ts'

export const retryJob = operation
  .meta({ permission: 'jobs.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/jobs/{id}/retry',
    successStatus: 202,
    summary: 'Run a failed or cancelled job again, from the step that did not end',
    tags: ['jobs'],
  })
  .input(jobId)
  .output(job)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const scope = scopeOf(caller)
    const before = await findRun(tx, scope, input.id, true)
    if (!before) throw noSuchJob()
    if (before.state !== 'failed' && before.state !== 'cancelled')
      throw problem('conflict', `Only a failed or cancelled job can be run again; this one is ${before.state}.`)
    const definition = services.jobs.definition(before.name)
    if (!before.scheduled && !(definition && before.input)) throw problem('conflict', `This version of AIA has no jobs of the kind ${before.name}.`)
    if (before.input) await definition?.again?.(tx, services, before.input)
    await repeatRun(tx, before, definition?.fromTheStart)
    const after = await findRun(tx, scope, input.id)
    if (!after) throw noSuchJob()
    audit({ target: after.id, before: { state: before.state }, after: { state: after.state }, detail: { name: after.name } })
    return jobView(services, after, (await stepsOf(tx, [after])).get(after.id))
  })
