import { count, desc, eq } from 'drizzle-orm'
import { longOperation, noInput } from '../gateway/operation.ts'
import { auditEntries } from '../gateway/tables.ts'
import { checkpointKeysOf } from './checkpoint-keys.ts'
import { auditState, checkpoint } from './contract.ts'
import { latestCheckpoint, readLog } from './log.ts'
import { makeCheckpoint } from './sign-checkpoint.ts'
import { checkpointView } from './view.ts'

export const auditLogState = longOperation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/audit/state', summary: 'What the audit log stands at, and its newest checkpoint', tags: ['audit'] })
  .input(noInput)
  .output(auditState)
  .handler(async ({ context: { read, caller, services } }) => {
    const keys = await checkpointKeysOf(services)
    const { size, latest, operations } = await read(async (tx) => ({
      size: (await readLog(tx, caller.enterpriseId)).size,
      latest: await latestCheckpoint(tx, caller.enterpriseId),
      operations: await tx
        .select({ value: auditEntries.operation, count: count() })
        .from(auditEntries)
        .where(eq(auditEntries.enterpriseId, caller.enterpriseId))
        .groupBy(auditEntries.operation)
        .orderBy(desc(count()), auditEntries.operation)
        .limit(200),
    }))
    return { size, checkpoint: latest && checkpointView(latest.note, keys), operations }
  })

export const signAudit = longOperation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'row', state: 'event' })
  .route({ method: 'POST', path: '/v1/audit/checkpoints', summary: 'Sign the audit log as it stands now', tags: ['audit'] })
  .input(noInput)
  .output(checkpoint)
  .handler(async ({ context: { write, caller, services } }) => {
    await write(async () => undefined)
    const { note } = await makeCheckpoint(services, caller.enterpriseId)
    return checkpointView(note, await checkpointKeysOf(services))
  })
