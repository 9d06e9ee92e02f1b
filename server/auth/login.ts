import { and, asc, eq, isNull } from 'drizzle-orm'
import { appendAudit } from '../gateway/audit.ts'
import { publicOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { loginInput, tokens } from './contract.ts'
import { verifyPasskey } from './factors/passkeys.ts'
import { takeRecoveryCode } from './factors/recovery-codes.ts'
import type { AuthenticationResponse } from './factors/shapes.ts'
import { methodsOf } from './factors/stored.ts'
import { takeTotp } from './factors/totp.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { spendPasswordCheck, verifyPassword } from './passwords.ts'
import { type OpenedSession, type Origin, openSession, type Proof, tokenAnswer } from './sessions.ts'
import { forgetFailures, noteFailure, refuseWhileLocked } from './sign-in-failures.ts'
import { memberships, people } from './tables.ts'

/** From where a sign-in comes, and where headers such as Retry-After go. */
export interface SignInRequest extends Origin {
  address: string
  requestId: string
  headers?: Headers | undefined
}

export interface Credentials {
  email: string
  password: string
  /** One of these, when the person has a second factor. */
  otp?: string | undefined
  recoveryCode?: string | undefined
}

/**
 * Checks an account and opens a session; every door signs in here.
 * @throws problem unauthenticated, with the same words and about the same time for an unknown account and a wrong password;
 * mfa_required when the password is right and a second factor is missing or wrong; rate_limited while the account or the address is locked
 */
export function signIn(services: Services, credentials: Credentials, request: SignInRequest): Promise<OpenedSession> {
  const email = credentials.email.trim().toLowerCase()
  const inTurn = services.once('auth.sign-in', oneAtATime)
  return inTurn(email, () => attempt(services, { ...credentials, email }, request))
}

async function attempt(services: Services, credentials: Credentials, request: SignInRequest): Promise<OpenedSession> {
  const { database } = services
  const tried = { email: credentials.email, address: request.address }
  const account = await database.identity(async (tx) => {
    await refuseWhileLocked(tx, tried, request.headers)
    const [found] = await tx
      .select({ person: people, enterpriseId: memberships.enterpriseId })
      .from(people)
      .innerJoin(memberships, eq(memberships.personId, people.id))
      .where(and(eq(people.email, credentials.email), isNull(memberships.suspendedAt)))
      .orderBy(asc(memberships.createdAt))
      .limit(1)
    return found && { ...found, methods: await methodsOf(tx, found.person.id) }
  })
  // The hash takes tens of milliseconds, so it runs between transactions.
  const right = account ? await verifyPassword(credentials.password, account.person.passwordHash) : await spendPasswordCheck(credentials.password)
  if (!account || !right) {
    await database.identity(async (tx) => {
      await noteFailure(tx, tried)
      if (account) await auditRefusal(tx, services, account, request, 'password')
    })
    throw problem('unauthenticated', 'The email address or the password is wrong.')
  }
  const { methods } = account
  const given = credentials.otp ?? credentials.recoveryCode
  if (methods.length > 0 && given === undefined) throw problem('mfa_required', 'Enter a second factor too.', undefined, { methods })
  const opened = await database.identity(async (tx) => {
    if (methods.length > 0 && !(await takeFactor(tx, services, account.person.id, credentials))) {
      await noteFailure(tx, tried)
      await auditRefusal(tx, services, account, request, 'second factor')
      return null
    }
    return open(tx, services, account, methods.length > 0 ? { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] } : { acr: 'aal1', amr: ['pwd'] }, request)
  })
  if (!opened) throw problem('mfa_required', 'The code is wrong or was used already.', undefined, { methods, refused: true })
  return opened
}

interface Account {
  person: { id: string; email: string }
  enterpriseId: string
}

const takeFactor = (tx: Transaction, { keyring }: Services, personId: string, { otp, recoveryCode }: Credentials): Promise<boolean> =>
  otp !== undefined ? takeTotp(tx, keyring, personId, otp, 'confirmed') : takeRecoveryCode(tx, personId, recoveryCode ?? '')

const auditRow = ({ person, enterpriseId }: Account, { requestId, address, userAgent }: SignInRequest) => ({
  enterpriseId,
  actor: person.id,
  operation: 'auth.login',
  requestId,
  address,
  userAgent,
})

const auditRefusal = (tx: Transaction, services: Services, account: Account, request: SignInRequest, wrong: 'password' | 'second factor') =>
  appendAudit(tx, services, { ...auditRow(account, request), outcome: 'refused', detail: { wrong } })

async function open(tx: Transaction, services: Services, account: Account, proof: Proof, request: SignInRequest): Promise<OpenedSession> {
  await forgetFailures(tx, account.person.email)
  const opened = await openSession(tx, account.person.id, account.enterpriseId, proof, request)
  await appendAudit(tx, services, { ...auditRow(account, request), target: opened.sessionId, after: proof, detail: { ...proof } })
  return opened
}

/**
 * Opens a session for whoever's passkey answered a challenge: possession and user verification are two factors in one.
 * @throws problem unauthenticated
 */
export async function signInWithPasskey(services: Services, response: AuthenticationResponse, request: SignInRequest): Promise<OpenedSession> {
  const proof = await verifyPasskey(services, response)
  const opened =
    proof &&
    (await services.database.identity(async (tx) => {
      const [account] = await tx
        .select({ person: people, enterpriseId: memberships.enterpriseId })
        .from(people)
        .innerJoin(memberships, eq(memberships.personId, people.id))
        .where(and(eq(people.id, proof.personId), isNull(memberships.suspendedAt)))
        .orderBy(asc(memberships.createdAt))
        .limit(1)
      return account ? open(tx, services, account, { acr: 'aal2', amr: proof.amr }, request) : null
    }))
  if (!opened) throw problem('unauthenticated', 'This passkey does not open an account here.')
  return opened
}

export const login = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'own', state: 'made' })
  .route({ method: 'POST', path: '/v1/auth/login', summary: 'Sign in with email and password', tags: ['auth'] })
  .input(loginInput)
  .output(tokens)
  .handler(async ({ input, context: { services, address, userAgent, requestId, resHeaders } }) =>
    tokenAnswer(
      services,
      await signIn(services, { ...input, recoveryCode: input.recovery_code }, { address, userAgent, requestId, headers: resHeaders }),
    ),
  )
