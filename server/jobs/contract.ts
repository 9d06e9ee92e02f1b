// What goes in and out of the operations on durable jobs. Plain schemas.
import { z } from 'zod'

export const jobState = z.enum(['queued', 'running', 'done', 'failed', 'cancelled'])

const progress = z.object({ done: z.int(), total: z.int() })

export const jobStep = z.object({
  name: z.string(),
  /** `interrupted`: it was begun, and waits for another process or for a retry. */
  state: z.enum(['running', 'done', 'failed', 'interrupted']),
  attempts: z.int(),
  /** Null when the step does not tell how far it is. */
  progress: progress.nullable(),
  /** Why its last attempt failed. */
  error: z.string().nullable(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
})

export const job = z.object({
  id: z.string(),
  name: z.string(),
  state: jobState,
  /** True for what comes round by the clock, for the whole installation. */
  scheduled: z.boolean(),
  /** What it is about, by the names of its input: ids, a title. */
  about: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** How often a process took it in hand. */
  attempts: z.int(),
  /** The step that was begun last; null before the first. */
  step: jobStep.nullable(),
  created_at: z.iso.datetime(),
  /** When it is to begin, where that is later. */
  not_before: z.iso.datetime().nullable(),
  started_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
  can_cancel: z.boolean(),
  can_retry: z.boolean(),
})

export const jobFilter = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  state: jobState.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(200).default(50),
})

export const jobList = z.object({
  items: z.array(job),
  next_cursor: z.string().nullable(),
  /** Every kind of job that there is. */
  names: z.array(z.string()),
})

export const jobId = z.strictObject({ id: z.string().min(1).max(200) })

export const jobWithSteps = job.extend({ steps: z.array(jobStep) })
