import { z } from 'zod'
import { exportView, viewOfExport } from '../gateway/exports.ts'
import { noInput, operation } from '../gateway/operation.ts'
import { visibleExports } from './visible.ts'

export const listExports = operation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/exports', summary: 'Exports that you may download, newest first', tags: ['exports'] })
  .input(noInput)
  .output(z.object({ items: z.array(exportView) }))
  .handler(async ({ context: { tx, caller } }) => ({ items: (await visibleExports(tx, caller)).map(viewOfExport) }))
