import type { Services } from '../gateway/services.ts'
import type { webhooks } from './tables.ts'

type Sealed = Pick<typeof webhooks.$inferSelect, 'id' | 'sealedSecret' | 'sealedOldSecret' | 'oldSecretUntil'>
type WithKeyring = Pick<Services, 'keyring'>

const contextOf = (id: string, column: 'sealed_secret' | 'sealed_old_secret') => `webhooks/${id}/${column}`

export const sealSecret = ({ keyring }: WithKeyring, id: string, secret: string): string =>
  keyring.seal(new TextEncoder().encode(secret), contextOf(id, 'sealed_secret'))

/** The present secret, sealed to stand as the old one. */
export const sealAsOld = ({ keyring }: WithKeyring, { id, sealedSecret }: Sealed): string =>
  keyring.seal(keyring.open(sealedSecret, contextOf(id, 'sealed_secret')), contextOf(id, 'sealed_old_secret'))

/** The secrets that sign at a moment, the newest first. */
export function openSecrets({ keyring }: WithKeyring, { id, sealedSecret, sealedOldSecret, oldSecretUntil }: Sealed, at: Date): string[] {
  const isOldValid = sealedOldSecret !== null && oldSecretUntil !== null && oldSecretUntil > at
  const opened = [
    keyring.open(sealedSecret, contextOf(id, 'sealed_secret')),
    ...(isOldValid ? [keyring.open(sealedOldSecret, contextOf(id, 'sealed_old_secret'))] : []),
  ]
  return opened.map((secret) => new TextDecoder().decode(secret))
}
