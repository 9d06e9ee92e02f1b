import { grantable } from '../../gateway/decide.ts'
import { longOperation, noInput } from '../../gateway/operation.ts'
import { partnerLevels, permissions, permissionsOfLevel, permissionsOfRole, roles } from '../../gateway/permissions.ts'
import { matrix } from './shapes.ts'

export const accessMatrix = longOperation
  .meta({ permission: 'access.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/auth/access',
    summary: 'What every role and partner level may do, and what every operation needs',
    tags: ['access'],
  })
  .input(noInput)
  .output(matrix)
  .handler(async ({ context: { services } }) => {
    const operations = services.operations().map(({ name, method, path, meta }) => ({
      name,
      method,
      path,
      permission: meta.permission ?? 'public',
      resource: meta.resource?.kind ?? null,
      by_id: meta.resource?.id !== undefined,
    }))
    return {
      roles: roles.map((role) => ({ role, permissions: [...permissionsOfRole(role)] })),
      partner_levels: partnerLevels.map((level) => ({ level, permissions: [...permissionsOfLevel(level)] })),
      permissions: permissions.map((permission) => ({
        permission,
        operations: operations.filter((each) => each.permission === permission).map(({ name }) => name),
      })),
      grantable: { source: [...grantable.source], agent: [...grantable.agent], partner: [...grantable.partner] },
      operations,
    }
  })
