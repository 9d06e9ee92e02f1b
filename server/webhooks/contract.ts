// What goes in and out of the operations on webhooks. Plain schemas.
import { z } from 'zod'

/** What a webhook can be told of. Progress is not among it: whoever wants that follows the stream. */
export const webhookEvents = [
  'knowledge.changed',
  'source.state',
  'answer.given',
  'training.ended',
  'job.ended',
  'alert.changed',
  'administration.changed',
] as const
export type WebhookEvent = (typeof webhookEvents)[number]

const at = z.iso.datetime()
export const deliveryState = z.enum(['queued', 'delivered', 'failed', 'cancelled'])

export const webhook = z.object({
  id: z.uuid(),
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  /** `failing`: the latest attempts came to nothing, and it goes on trying. */
  state: z.enum(['active', 'failing', 'paused']),
  /** Since when nothing is sent, and why: somebody said so, it answered 410, or everything failed for days. */
  paused: z.object({ at, because: z.enum(['by_hand', 'gone', 'failing']) }).nullable(),
  failing_since: at.nullable(),
  /** Until when messages are signed with the secret before the last rotation too. */
  old_secret_until: at.nullable(),
  created_at: at,
  last_delivery: z.object({ id: z.uuid(), type: z.string(), state: deliveryState, at }).nullable(),
})
export const webhookList = z.object({
  items: z.array(webhook),
  /** What the caller may have a webhook told of. */
  events: z.array(z.string()),
})

const fields = {
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  events: z.array(z.enum(webhookEvents)).min(1).max(webhookEvents.length),
  description: z.string().trim().max(200),
}
export const newWebhookInput = z.strictObject({ ...fields, description: fields.description.default('') })
export const changeWebhookInput = z.strictObject({
  id: z.uuid(),
  url: fields.url.optional(),
  events: fields.events.optional(),
  description: fields.description.optional(),
  paused: z.boolean().optional(),
})
export const webhookId = z.strictObject({ id: z.uuid() })
/** `secret` is shown here and never again. */
export const madeWebhook = z.object({ secret: z.string(), item: webhook })

export const attempt = z.object({
  number: z.int(),
  at,
  duration_ms: z.int(),
  /** What was answered; null when nothing was. */
  status: z.int().nullable(),
  error: z.string().nullable(),
  /** The first part of the answer's body. */
  answer: z.string().nullable(),
})
export const delivery = z.object({
  /** Sent as `webhook-id`, the same with every attempt. */
  id: z.uuid(),
  webhook_id: z.uuid(),
  type: z.string(),
  state: deliveryState,
  /** What is sent, to the letter. */
  body: z.string(),
  created_at: at,
  next_attempt_at: at.nullable(),
  ended_at: at.nullable(),
  /** The latest, in order. */
  attempts: z.array(attempt),
})
export const deliveryFilter = z.strictObject({
  id: z.uuid(),
  state: deliveryState.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.int().min(1).max(100).default(30),
})
export const deliveryList = z.object({ items: z.array(delivery), next_cursor: z.string().nullable() })
