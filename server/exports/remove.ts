import { eq } from 'drizzle-orm'
import { exportView, removeExportObject, viewOfExport } from '../gateway/exports.ts'
import { longOperation } from '../gateway/operation.ts'
import { exportFiles } from '../gateway/tables.ts'
import { exportId } from './contract.ts'
import { visibleExport } from './visible.ts'

export const removeExport = longOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'row', state: 'removed' })
  .route({
    method: 'DELETE',
    path: '/v1/exports/{id}',
    summary: 'Remove an export before its time; one that is being made is made no further',
    tags: ['exports'],
  })
  .input(exportId)
  .output(exportView)
  .handler(async ({ input, context: { write, caller, services } }) => {
    const row = await write(async (tx, audit) => {
      const found = await visibleExport(tx, caller, input.id)
      await tx.delete(exportFiles).where(eq(exportFiles.id, found.id))
      audit({ target: found.id, before: { kind: found.kind, state: found.state }, detail: { kind: found.kind } })
      return found
    })
    if (row.objectKey) await removeExportObject(services, row.enterpriseId, row.objectKey)
    return viewOfExport(row)
  })
