import { asc } from 'drizzle-orm'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type JWK } from 'jose'
import type { Services } from '../gateway/services.ts'
import { signingKeys } from './tables.ts'

export interface SigningKeys {
  current: { id: string; privateKey: CryptoKey }
  /** Public keys by id, for verification. */
  publicKeys: Map<string, CryptoKey>
}

const sealContext = (id: string) => `signing_keys/${id}/sealed_private_key`

/** The RS256 keys of this installation; the first call of a new installation makes one. */
export function signingKeysOf(services: Pick<Services, 'database' | 'keyring' | 'once'>): Promise<SigningKeys> {
  return services.once('auth.signing-keys', () => load(services))
}

async function load({ database, keyring }: Pick<Services, 'database' | 'keyring'>): Promise<SigningKeys> {
  let stored = await database.identity((tx) => tx.select().from(signingKeys).orderBy(asc(signingKeys.createdAt)))
  if (stored.length === 0) {
    const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    const id = await calculateJwkThumbprint(jwk)
    const sealed = keyring.seal(new TextEncoder().encode(await exportPKCS8(pair.privateKey)), sealContext(id))
    stored = await database.identity((tx) =>
      tx
        .insert(signingKeys)
        .values({ id, publicJwk: { ...jwk, kid: id, alg: 'RS256', use: 'sig' }, sealedPrivateKey: sealed })
        .returning(),
    )
  }
  const newest = stored.at(-1)
  if (!newest) throw new Error('No signing key could be made.')
  const pem = new TextDecoder().decode(keyring.open(newest.sealedPrivateKey, sealContext(newest.id)))
  const publicKeys = new Map<string, CryptoKey>()
  for (const key of stored) publicKeys.set(key.id, (await importJWK(key.publicJwk as JWK, 'RS256')) as CryptoKey)
  return { current: { id: newest.id, privateKey: await importPKCS8(pem, 'RS256') }, publicKeys }
}
