import type { Permission } from './permissions.ts'
import { problem } from './problem.ts'
import type { Caller } from './services.ts'

/** How long a proof counts as recent, in seconds. */
export const recentProofSeconds = 15 * 60

/** What may be done before the second factor that the enterprise requires was set up or shown. */
const whileSecuring: readonly Permission[] = ['profile.read', 'account.manage']

/** @throws problem mfa_enrolment_required */
export function requireSecured(caller: Caller, permission: Permission): void {
  if (caller.mustSecure && !whileSecuring.includes(permission))
    throw problem(
      'mfa_enrolment_required',
      caller.hasSecondFactor
        ? 'Your enterprise requires a second factor. Prove yours to go on.'
        : 'Your enterprise requires a second factor. Set one up in your account to go on.',
    )
}

/** Strength that this caller can be asked for: people without a second factor enter their password again. */
export const wantedAcr = (caller: Caller): Caller['acr'] => (caller.hasSecondFactor ? 'aal2' : 'aal1')

/**
 * Step-up (RFC 9470): the person must have proved who it is within 15 minutes, with the second factor if there is one.
 * @throws problem step_up_required with a WWW-Authenticate header in `headers`; forbidden for callers that cannot prove anything
 */
export function requireRecentProof(caller: Caller, headers: Headers | undefined, now = Date.now()): void {
  if (caller.kind !== 'person' || caller.sessionId === null)
    throw problem('forbidden', 'Only a person who has just proved who it is can do this; a key or a client cannot.')
  const wanted = wantedAcr(caller)
  const strong = wanted === 'aal1' || caller.acr === 'aal2'
  const recent = now - caller.authenticatedAt.getTime() <= recentProofSeconds * 1_000
  if (strong && recent) return
  headers?.set(
    'www-authenticate',
    `Bearer error="insufficient_user_authentication", error_description="A recent proof of identity is needed", acr_values="${wanted}", max_age="${recentProofSeconds}"`,
  )
  throw problem(
    'step_up_required',
    caller.hasSecondFactor ? 'Prove your second factor again to do this.' : 'Enter your password again to do this.',
    undefined,
    { acr_values: [wanted], max_age: recentProofSeconds },
  )
}
