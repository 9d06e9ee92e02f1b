import { z } from 'zod'
import { type KeyState, keyRotationDays } from '../../crypto/keyring.ts'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation, noInput } from '../../gateway/operation.ts'

const dataKeyState = z.object({
  /** Version of the key that seals secrets now. */
  version: z.int(),
  since: z.iso.datetime(),
  rotates_at: z.iso.datetime(),
  /** Data keys that something may still be sealed with. */
  data_keys: z.int(),
  /** Versions of the key-encryption key that wrap them. */
  key_encryption_keys: z.array(z.int()),
})

const view = ({ dataKey, since, dataKeys, keyEncryptionKeys }: KeyState): z.infer<typeof dataKeyState> => ({
  version: dataKey,
  since: since.toISOString(),
  rotates_at: new Date(since.getTime() + keyRotationDays * 86_400_000).toISOString(),
  data_keys: dataKeys,
  key_encryption_keys: keyEncryptionKeys,
})

export const readDataKeys = longOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/data-keys', summary: 'The keys that seal secrets at rest', tags: ['security'] })
  .input(noInput)
  .output(dataKeyState)
  .handler(async ({ context: { services } }) => view(services.keyring.state()))

export const rotateDataKeys = longOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'own', state: 'changed', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/auth/data-keys/rotate',
    summary: 'A new key-encryption key and a new data key; every data key is wrapped anew and everything stays readable',
    tags: ['security'],
  })
  .input(noInput)
  .output(dataKeyState)
  .handler(async ({ context: { caller, services, requestId, address, userAgent } }) => {
    const rotated = await services.keyring.rotate((tx, versions) =>
      appendAudit(tx, services, { ...auditSource({ caller, requestId, address, userAgent }), operation: 'auth.rotateDataKeys', ...versions }),
    )
    return view(rotated)
  })
