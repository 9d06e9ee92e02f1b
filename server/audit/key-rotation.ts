import { appendAudit, auditSource } from '../gateway/audit.ts'
import { longOperation, noInput } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import type { ScheduleDefinition } from '../jobs/port.ts'
import { checkpointKeysOf, rotateCheckpointKeys as rotate, rotateCheckpointKeysWhenDue, rotationDueAt } from './checkpoint-keys.ts'
import { checkpointKeyState } from './contract.ts'

/** Every pair stays for ever, so they are not made without need. */
const mostADay = 5
const dayMs = 86_400_000

async function view(services: Services) {
  const { current, all } = await checkpointKeysOf(services)
  return { current: current.id, since: current.createdAt.toISOString(), pairs: all.length, rotates_at: rotationDueAt(current).toISOString() }
}

export const readCheckpointKeys = longOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/audit/checkpoint-keys', summary: 'The keys that sign the checkpoints of audit logs', tags: ['security'] })
  .input(noInput)
  .output(checkpointKeyState)
  .handler(({ context: { services } }) => view(services))

export const rotateCheckpointKeys = longOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'own', state: 'changed', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/audit/checkpoint-keys/rotate',
    summary: 'Sign checkpoints with a new pair of keys from now on; those signed before still verify',
    tags: ['security'],
  })
  .input(noInput)
  .output(checkpointKeyState)
  .handler(async ({ context: { caller, services, requestId, address, userAgent } }) => {
    const { all } = await checkpointKeysOf(services)
    if (all.filter(({ createdAt }) => createdAt.getTime() > Date.now() - dayMs).length > mostADay)
      throw problem('conflict', 'The keys were rotated many times today. Try again tomorrow.')
    await rotate(services, (tx, { before, after }) =>
      appendAudit(tx, services, {
        ...auditSource({ caller, requestId, address, userAgent }),
        operation: 'audit.rotateCheckpointKeys',
        target: after,
        before: { signs: before },
        after: { signs: after },
      }),
    )
    return view(services)
  })

/** What the audit log does by the clock. */
export const auditSchedules: readonly ScheduleDefinition[] = [
  { name: 'checkpoint-key-rotation', cron: '30 3 * * *', daily: true, run: async (services) => void (await rotateCheckpointKeysWhenDue(services)) },
]
