import { decide } from '../gateway/decide.ts'
import type { Permission } from '../gateway/permissions.ts'
import type { Caller } from '../gateway/services.ts'
import type { ToldEvent } from '../storage/outbox/port.ts'
import { type LiveEvent, liveEvent } from './contract.ts'

/** An event as this caller may hear it; null when it may not, or when no browser needs it. */
export function visibleTo(caller: Caller, { kind, payload, at }: ToldEvent): LiveEvent | null {
  const may = (permission: Permission) => decide(caller, permission).allowed
  const told = { kind, at: at.toISOString(), ...payload }
  const asIs = () => liveEvent.parse(told)
  switch (kind) {
    case 'knowledge.changed':
      return may('knowledge.read') ? asIs() : null
    case 'source.state':
      return decide(caller, 'knowledge.read', { kind: 'source', id: String(payload.id) }).allowed ? asIs() : null
    case 'answer.given':
      if (payload.person === caller.personId) return may('knowledge.ask') ? asIs() : null
      return may('analytics.read') ? liveEvent.parse({ ...told, id: null }) : null
    case 'training.ended':
      return may('learning.read') ? asIs() : null
    case 'job.ended':
      return may('jobs.read') ? asIs() : null
    case 'alert.changed':
      return may('analytics.read') ? asIs() : null
    case 'administration.changed':
      return may(payload.permission as Permission) ? asIs() : null
    case 'agents.worked':
      return null
  }
}
