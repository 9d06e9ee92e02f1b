import { exportView, viewOfExport } from '../gateway/exports.ts'
import { operation } from '../gateway/operation.ts'
import { exportId } from './contract.ts'
import { visibleExport } from './visible.ts'

export const getExport = operation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/exports/{id}', summary: 'How far an export is, and until when it can be downloaded', tags: ['exports'] })
  .input(exportId)
  .output(exportView)
  .handler(async ({ input, context: { tx, caller } }) => viewOfExport(await visibleExport(tx, caller, input.id)))
