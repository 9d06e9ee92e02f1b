'use client'
import type { client } from '@/components/api/client'
import { Badge, type Tone } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'

export type WebhookList = Awaited<ReturnType<typeof client.webhooks.list>>
export type Webhook = WebhookList['items'][number]
export type Delivery = Awaited<ReturnType<typeof client.webhooks.deliveries>>['items'][number]
export type EventName = Parameters<typeof client.webhooks.create>[0]['events'][number]

/** What each event says, for who chooses. */
const says: Record<string, string> = {
  'knowledge.changed': 'Atoms came, changed or went: how many',
  'source.state': 'A source waits, is read, failed or is gone',
  'answer.given': 'A question was answered: how, not what or by whom',
  'training.ended': 'A training run ended',
  'job.ended': 'A job failed, or one that people wait for is done',
  'alert.changed': 'An alert rule fires, is well again, has no data or is gone',
  'administration.changed': 'People, rights, keys or settings were changed',
}
export const eventSays = (name: string) => says[name] ?? humanise(name)

const tones: Record<Webhook['state'] | Delivery['state'], Tone> = {
  active: 'ok',
  failing: 'attention',
  paused: 'idle',
  queued: 'info',
  delivered: 'ok',
  failed: 'danger',
  cancelled: 'idle',
}
export const StateBadge = ({ state }: { state: Webhook['state'] | Delivery['state'] }) => <Badge tone={tones[state]}>{humanise(state)}</Badge>

const because: Record<NonNullable<Webhook['paused']>['because'], string> = {
  by_hand: 'Somebody paused it.',
  gone: 'The receiver answered 410: it says that it is gone for good. Correct the address, or delete the webhook.',
  failing: 'Nothing arrived for days. Mend the receiver, send a test, then let the webhook go on.',
}

/** Why nothing is sent, or that something is wrong; null when all is well. */
export function whyNot({ paused, failing_since }: Webhook): string | null {
  if (paused) return because[paused.because]
  return failing_since ? 'The latest messages did not arrive. They are sent again, later and later, for about a day.' : null
}
