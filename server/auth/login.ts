import { and, asc, eq, isNull } from 'drizzle-orm'
import { appendAudit } from '../gateway/audit.ts'
import { publicOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import { loginInput, tokens } from './contract.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { spendPasswordCheck, verifyPassword } from './passwords.ts'
import { type OpenedSession, type Origin, openSession, tokenAnswer } from './sessions.ts'
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
}

/**
 * Checks an account and opens a session; every door signs in here.
 * @throws problem unauthenticated, with the same words and about the same time for an unknown account and a wrong password;
 * rate_limited while the account or the address is locked
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
    return found
  })
  // The hash takes tens of milliseconds, so it runs between transactions.
  const right = account ? await verifyPassword(credentials.password, account.person.passwordHash) : await spendPasswordCheck(credentials.password)
  const row = account && {
    enterpriseId: account.enterpriseId,
    actor: account.person.id,
    operation: 'auth.login',
    requestId: request.requestId,
    address: request.address,
    userAgent: request.userAgent,
  }
  if (!account || !row || !right) {
    await database.identity(async (tx) => {
      await noteFailure(tx, tried)
      if (row) await appendAudit(tx, services, { ...row, outcome: 'refused' })
    })
    throw problem('unauthenticated', 'The email address or the password is wrong.')
  }
  return database.identity(async (tx) => {
    await forgetFailures(tx, tried.email)
    const opened = await openSession(tx, account.person.id, account.enterpriseId, { acr: 'aal1', amr: ['pwd'] }, request)
    await appendAudit(tx, services, { ...row, target: opened.sessionId })
    return opened
  })
}

export const login = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'own' })
  .route({ method: 'POST', path: '/v1/auth/login', summary: 'Sign in with email and password', tags: ['auth'] })
  .input(loginInput)
  .output(tokens)
  .handler(async ({ input, context: { services, address, userAgent, requestId, resHeaders } }) =>
    tokenAnswer(services, await signIn(services, input, { address, userAgent, requestId, headers: resHeaders })),
  )
