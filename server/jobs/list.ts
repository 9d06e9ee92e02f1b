import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../gateway/cursor.ts'
import { longOperation } from '../gateway/operation.ts'
import { jobFilter, jobList } from './contract.ts'
import { listRuns } from './runs.ts'
import { jobView, scopeOf, stepsOf } from './view.ts'

const place = z.strictObject({ at: z.int(), id: z.string() })

export const listJobs = longOperation
  .meta({ permission: 'jobs.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/jobs', summary: 'Runs of durable jobs, newest first', tags: ['jobs'] })
  .input(jobFilter)
  .output(jobList)
  .handler(async ({ input, context: { read, caller, services } }) => {
    const { name, state, limit } = input
    const before = decodeCursor(input.cursor, place)
    const filter = { ...(name ? { name } : {}), ...(state ? { state } : {}), ...(before ? { before } : {}), limit: limit + 1 }
    const { found, steps } = await read(async (tx) => {
      const runs = await listRuns(tx, scopeOf(caller), filter)
      return { found: runs, steps: await stepsOf(tx, runs) }
    })
    const page = found.slice(0, limit)
    const scheduled = page.filter((run) => run.scheduled)
    const timed = scheduled.length > 0 ? await services.database.identity((tx) => stepsOf(tx, scheduled)) : new Map()
    const last = found.length > limit ? page.at(-1) : undefined
    return {
      items: page.map((run) => jobView(services, run, (run.scheduled ? timed : steps).get(run.id))),
      next_cursor: last ? encodeCursor({ at: last.createdAt, id: last.id }) : null,
      names: services.jobs.names(scopeOf(caller).installation),
    }
  })
