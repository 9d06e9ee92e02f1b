import { decide } from '../gateway/decide.ts'
import type { Permission } from '../gateway/permissions.ts'
import type { Caller } from '../gateway/services.ts'
import type { ToldEvent } from '../storage/outbox/port.ts'
import { type WebhookEvent, webhookEvents } from './contract.ts'

/** A message as it is sent: Standard Webhooks 1.0.0, "Payload structure". */
export interface Message {
  type: string
  timestamp: string
  data: Record<string, unknown>
}

/** Events passed that a receiver was not told of: it reads everything anew. */
export const missedType = 'events.missed'
/** Somebody tries whether messages arrive. */
export const testType = 'webhook.test'
/** The job that makes one attempt at a delivery. */
export const deliveryJobName = 'webhook-delivery'

type Payload = ToldEvent['payload']
interface Outside {
  /** Whoever may not hear of it cannot have it sent elsewhere. */
  needs: Permission
  /** What stands in the message; null when it is not told. */
  data(payload: Payload): Payload | null
}

const outside: Record<WebhookEvent, Outside> = {
  'knowledge.changed': { needs: 'knowledge.read', data: ({ atoms }) => ({ atoms }) },
  'source.state': {
    needs: 'knowledge.read',
    data: ({ id, state, done, total }) => (state === 'processing' ? null : { id, state, done, total }),
  },
  // That something was asked: neither what nor by whom, and no id by which it could be read.
  'answer.given': { needs: 'analytics.read', data: ({ status, mode, cached, duration_ms }) => ({ status, mode, cached, duration_ms }) },
  'training.ended': { needs: 'learning.read', data: ({ id, state, published }) => ({ id, state, published }) },
  // A delivery that failed must not be the cause of another one.
  'job.ended': { needs: 'jobs.read', data: ({ id, name, state }) => (name === deliveryJobName ? null : { id, name, state }) },
  // A rule that nobody has looked at yet says nothing.
  'alert.changed': { needs: 'analytics.read', data: ({ id, state }) => (state === 'unknown' ? null : { id, state }) },
  'administration.changed': { needs: 'security.manage', data: ({ operation }) => ({ operation }) },
}

const isWebhookEvent = (kind: string): kind is WebhookEvent => kind in outside

/** An event as webhooks are told it; null when none is. */
export function messageOf({ kind, payload, at }: ToldEvent): Message | null {
  const data = isWebhookEvent(kind) ? outside[kind].data(payload) : null
  return data && { type: kind, timestamp: at.toISOString(), data }
}

/** What a caller may have a webhook told of. */
export const eventsFor = (caller: Caller): WebhookEvent[] => webhookEvents.filter((kind) => decide(caller, outside[kind].needs).allowed)

const now = () => new Date().toISOString()
export const missedMessage = (): Message => ({ type: missedType, timestamp: now(), data: {} })
export const testMessage = (webhook: string): Message => ({ type: testType, timestamp: now(), data: { webhook } })
