import { longOperation, noInput } from '../../gateway/operation.ts'
import type { Services } from '../../gateway/services.ts'
import { rotationDueAt, signingKeysOf } from '../signing-keys.ts'
import { signingKeyList } from './shapes.ts'

export async function signingKeyView(services: Services) {
  const { states, current } = await signingKeysOf(services)
  return {
    items: states.map(({ id, state, createdAt, activatedAt, retiredAt }) => ({
      id,
      state,
      created_at: createdAt.toISOString(),
      activated_at: activatedAt?.toISOString() ?? null,
      retired_at: retiredAt?.toISOString() ?? null,
    })),
    rotates_at: rotationDueAt(current.activatedAt).toISOString(),
  }
}

export const listSigningKeys = longOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/signing-keys', summary: 'The keys that sign access tokens', tags: ['security'] })
  .input(noInput)
  .output(signingKeyList)
  .handler(({ context: { services } }) => signingKeyView(services))
