import { isIP } from 'node:net'
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { and, eq, gt } from 'drizzle-orm'
import type { Services } from '../../gateway/services.ts'
import { passkeyChallenges, passkeys } from '../tables.ts'
import type { AuthenticationResponse, RegistrationResponse } from './shapes.ts'

const challengeMs = 5 * 60_000

/**
 * The name under which passkeys are bound (WebAuthn, relying party id) and the origin they work on. Browsers take no network address for
 * a name; an installation on the loopback address is reached as `localhost` too. Null where there is no name at all.
 */
export function relyingParty(publicUrl: string): { id: string; origin: string } | null {
  const url = new URL(publicUrl)
  if (url.hostname === '127.0.0.1' || url.hostname === '[::1]') url.hostname = 'localhost'
  return isIP(url.hostname.replace(/^\[|\]$/g, '')) ? null : { id: url.hostname, origin: url.origin }
}

type Needed = Pick<Services, 'database' | 'env'>

async function keepChallenge({ database }: Needed, challenge: string, purpose: 'registration' | 'authentication', personId: string | null) {
  await database.identity((tx) =>
    tx.insert(passkeyChallenges).values({ challenge, purpose, personId, expiresAt: new Date(Date.now() + challengeMs) }),
  )
}

/** Takes a challenge: whose it was, once, and only while it is fresh. Undefined for any other. */
async function takeChallenge({ database }: Needed, challenge: string, purpose: 'registration' | 'authentication') {
  const [taken] = await database.identity((tx) =>
    tx
      .delete(passkeyChallenges)
      .where(and(eq(passkeyChallenges.challenge, challenge), eq(passkeyChallenges.purpose, purpose), gt(passkeyChallenges.expiresAt, new Date())))
      .returning({ personId: passkeyChallenges.personId }),
  )
  return taken
}

/** Options to make a passkey: discoverable and with user verification, so that it can sign in alone. Null where passkeys cannot work. */
export async function registrationOptions(services: Needed, person: { id: string; email: string; name: string }) {
  const party = relyingParty(services.env.publicUrl)
  if (!party) return null
  const known = await services.database.identity((tx) =>
    tx.select({ id: passkeys.id, transports: passkeys.transports }).from(passkeys).where(eq(passkeys.personId, person.id)),
  )
  const options = await generateRegistrationOptions({
    rpName: 'AIA',
    rpID: party.id,
    userID: new TextEncoder().encode(person.id),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    timeout: challengeMs,
  })
  await keepChallenge(services, options.challenge, 'registration', person.id)
  return options
}

/** Options to sign in: any passkey of this installation, which itself says whose it is. Null where passkeys cannot work. */
export async function authenticationOptions(services: Needed) {
  const party = relyingParty(services.env.publicUrl)
  if (!party) return null
  const options = await generateAuthenticationOptions({ rpID: party.id, userVerification: 'required', timeout: challengeMs })
  await keepChallenge(services, options.challenge, 'authentication', null)
  return options
}

/** The challenge an authenticator signed; empty for what is no client data. */
function challengeOf(clientDataJSON: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge?: unknown }
    return typeof challenge === 'string' ? challenge : ''
  } catch {
    return ''
  }
}

/** What a new passkey is stored as; null when the answer does not verify or belongs to nobody's fresh challenge. */
export async function verifyNewPasskey(services: Needed, personId: string, response: RegistrationResponse) {
  const party = relyingParty(services.env.publicUrl)
  const challenge = challengeOf(response.response.clientDataJSON)
  const taken = await takeChallenge(services, challenge, 'registration')
  if (!party || taken?.personId !== personId) return null
  const verified = await verifyRegistrationResponse({
    response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
  }).catch(() => null)
  if (!verified?.verified) return null
  const { credential, credentialBackedUp } = verified.registrationInfo
  return {
    id: credential.id,
    personId,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: response.response.transports ?? [],
    synced: credentialBackedUp,
  }
}

export interface PasskeyProof {
  personId: string
  /** RFC 8176: a key in hardware, or one that is synchronised. */
  amr: string[]
}

/**
 * Whose passkey answered a fresh challenge; null when nothing of it holds. A counter that goes back means a copied key (WebAuthn, 7.2
 * step 22) and is refused.
 */
export async function verifyPasskey(services: Needed, response: AuthenticationResponse): Promise<PasskeyProof | null> {
  const party = relyingParty(services.env.publicUrl)
  const challenge = challengeOf(response.response.clientDataJSON)
  if (!party || !(await takeChallenge(services, challenge, 'authentication'))) return null
  const [stored] = await services.database.identity((tx) => tx.select().from(passkeys).where(eq(passkeys.id, response.id)))
  if (!stored) return null
  const { userHandle } = response.response
  if (userHandle && Buffer.from(userHandle, 'base64url').toString() !== stored.personId) return null
  const verified = await verifyAuthenticationResponse({
    response: response as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: { id: stored.id, publicKey: new Uint8Array(stored.publicKey), counter: stored.counter },
  }).catch(() => null)
  if (!verified?.verified) return null
  const { newCounter, credentialBackedUp } = verified.authenticationInfo
  const used = await services.database.identity((tx) =>
    tx
      .update(passkeys)
      .set({ counter: newCounter, lastUsedAt: new Date(), synced: credentialBackedUp })
      .where(and(eq(passkeys.id, stored.id), eq(passkeys.counter, stored.counter)))
      .returning({ id: passkeys.id }),
  )
  return used.length === 1 ? { personId: stored.personId, amr: [credentialBackedUp ? 'swk' : 'hwk', 'user', 'mfa'] } : null
}
