import { and, asc, eq, isNull } from 'drizzle-orm'
import { publicOperation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import { auditEntries } from '../gateway/tables.ts'
import { loginInput, tokens } from './contract.ts'
import { spendPasswordCheck, verifyPassword } from './passwords.ts'
import { memberships, people } from './tables.ts'
import { openSession, tokenAnswer } from './tokens.ts'

export interface SignIn {
  personId: string
  enterpriseId: string
  sessionId: string
  refreshToken: string
}

/**
 * Checks an account and opens a session; every door signs in here.
 * @throws problem unauthenticated, with the same words and about the same time for an unknown account and a wrong password
 */
export async function signIn(services: Services, credentials: { email: string; password: string }, requestId: string): Promise<SignIn> {
  const refused = problem('unauthenticated', 'The email address or the password is wrong.')
  const [account] = await services.database.identity((tx) =>
    tx
      .select({ person: people, enterpriseId: memberships.enterpriseId })
      .from(people)
      .innerJoin(memberships, eq(memberships.personId, people.id))
      .where(and(eq(people.email, credentials.email.trim().toLowerCase()), isNull(memberships.suspendedAt)))
      .orderBy(asc(memberships.createdAt))
      .limit(1),
  )
  // The hash takes tens of milliseconds, so it runs between transactions.
  if (!account) {
    await spendPasswordCheck(credentials.password)
    throw refused
  }
  if (!(await verifyPassword(credentials.password, account.person.passwordHash))) throw refused
  const session = await services.database.identity(async (tx) => {
    const opened = await openSession(tx, account.person.id, account.enterpriseId)
    await tx.insert(auditEntries).values({
      enterpriseId: account.enterpriseId,
      actor: account.person.id,
      operation: 'auth.login',
      target: opened.sessionId,
      requestId,
      outcome: 'done',
    })
    return opened
  })
  return { personId: account.person.id, enterpriseId: account.enterpriseId, ...session }
}

export const login = publicOperation
  .meta({ permission: 'public', limit: 'login' })
  .route({ method: 'POST', path: '/v1/auth/login', summary: 'Sign in with email and password', tags: ['auth'] })
  .input(loginInput)
  .output(tokens)
  .handler(async ({ input, context }) => {
    const session = await signIn(context.services, input, context.requestId)
    return tokenAnswer(context.services, session)
  })
