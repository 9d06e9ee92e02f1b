import { decide } from '../gateway/decide.ts'
import { longOperation, noInput } from '../gateway/operation.ts'
import { permissions } from '../gateway/permissions.ts'
import { profile as profileSchema } from './contract.ts'

export const profile = longOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/profile', summary: 'Who is signed in', tags: ['auth'] })
  .input(noInput)
  .output(profileSchema)
  .handler(async ({ context: { caller } }) => ({
    person: { id: caller.personId, email: caller.email, name: caller.name },
    enterprise: { id: caller.enterpriseId, name: caller.enterpriseName, tier: caller.tier },
    role: caller.role,
    permissions: permissions.filter((permission) => decide(caller, permission).allowed),
    impersonator: caller.impersonator && {
      name: caller.impersonator.name,
      email: caller.impersonator.email,
      until: caller.impersonator.until.toISOString(),
    },
    must_secure_account: caller.mustSecure,
  }))
