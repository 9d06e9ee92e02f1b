import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { rotateSigningKeys as rotate, signingKeysOf } from '../signing-keys.ts'
import { signingKeyView } from './list-signing-keys.ts'
import { signingKeyList } from './shapes.ts'

/** Every rotation by hand leaves a key that verifies for another day. */
const mostRetiring = 10

export const rotateSigningKeys = longOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'own', state: 'changed', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/signing-keys/rotate', summary: 'Sign with the next key from now on', tags: ['security'] })
  .input(noInput)
  .output(signingKeyList)
  .handler(async ({ context: { caller, services, requestId, address, userAgent } }) => {
    const { states, current } = await signingKeysOf(services)
    if (states.filter(({ state }) => state === 'retiring').length >= mostRetiring)
      throw problem('conflict', 'The keys were rotated many times today. Try again tomorrow.')
    await rotate(services, (tx, id) =>
      appendAudit(tx, services, {
        ...auditSource({ caller, requestId, address, userAgent }),
        operation: 'auth.rotateSigningKeys',
        target: id,
        before: { signs: current.id },
        after: { signs: id },
      }),
    )
    return signingKeyView(services)
  })
