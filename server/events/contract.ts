// What comes out of the stream of events. Plain schemas.
import { z } from 'zod'

const at = z.iso.datetime()

/**
 * What happened, in ids and counts: whoever wants to know more reads it. `opened` is the first of every stream and says from where it goes on;
 * `reset` says that events were missed which are not kept any more, so everything shown is to be read anew.
 */
export const liveEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened') }),
  z.object({ kind: z.literal('reset') }),
  /** How many atoms came, changed or went, or have other pathways. */
  z.object({ kind: z.literal('knowledge.changed'), at, atoms: z.int() }),
  z.object({
    kind: z.literal('source.state'),
    at,
    id: z.uuid(),
    state: z.enum(['queued', 'processing', 'ready', 'failed', 'removed']),
    /** Segments that are read, of all; 0 of 0 before it is known. */
    done: z.int(),
    total: z.int(),
  }),
  /** `id` for whoever asked; null for others, who may see how the enterprise uses AIA, not what it asks. */
  z.object({
    kind: z.literal('answer.given'),
    at,
    id: z.uuid().nullable(),
    status: z.string(),
    mode: z.string(),
    cached: z.boolean(),
    duration_ms: z.number(),
  }),
  z.object({ kind: z.literal('training.ended'), at, id: z.uuid(), state: z.enum(['done', 'failed']), published: z.boolean() }),
  z.object({ kind: z.literal('job.ended'), at, id: z.string(), name: z.string(), state: z.enum(['done', 'failed']) }),
  /** An alert rule came into another state, was made or changed (`unknown`: not looked at), or is gone. */
  z.object({ kind: z.literal('alert.changed'), at, id: z.uuid(), state: z.enum(['ok', 'firing', 'no_data', 'unknown', 'removed']) }),
  /** People, rights, keys or settings were changed, by an operation that needs the permission of those who hear of it. */
  z.object({ kind: z.literal('administration.changed'), at, operation: z.string() }),
])
export type LiveEvent = z.infer<typeof liveEvent>
export type LiveKind = LiveEvent['kind']
