import { createHash } from 'node:crypto'
import { eq, inArray } from 'drizzle-orm'
import { addressGroup } from '../gateway/limits.ts'
import { problem } from '../gateway/problem.ts'
import type { Transaction } from '../storage/database/port.ts'
import { signInFailures } from './tables.ts'

/** Wrong attempts in a row that are free, the first wait after them, the longest, and after how long without a failure all is forgotten. */
const rules = {
  account: { free: 5, firstWaitS: 30, longestWaitS: 900, forgottenAfterS: 86_400 },
  // Many people share one address, and one of them may have forgotten a password.
  address: { free: 50, firstWaitS: 30, longestWaitS: 900, forgottenAfterS: 3_600 },
} as const
const longestWaitS = Math.max(...Object.values(rules).map((rule) => rule.longestWaitS))
type Kind = keyof typeof rules

const subjectOf = (kind: Kind, name: string) => `${kind}:${createHash('sha256').update(name).digest('base64url')}`

/** Seconds to wait after so many failures in a row: twice as long for each one more. */
export function waitSeconds(kind: Kind, failures: number): number {
  const { free, firstWaitS, longestWaitS } = rules[kind]
  return failures < free ? 0 : Math.min(longestWaitS, firstWaitS * 2 ** Math.min(20, failures - free))
}

export interface Attempt {
  /** Folded email address, of an account or of nobody: both are counted alike. */
  email: string
  address: string
}

const subjectsOf = ({ email, address }: Attempt) => [
  { kind: 'account' as const, subject: subjectOf('account', email) },
  { kind: 'address' as const, subject: subjectOf('address', addressGroup(address)) },
]

/** Seconds until this account may be tried from this address; 0 is now. A longer wait than there is was noted before the clock was put back. */
export async function lockedSeconds(tx: Transaction, attempt: Attempt, now = Date.now()): Promise<number> {
  const rows = await tx
    .select({ lockedUntil: signInFailures.lockedUntil })
    .from(signInFailures)
    .where(
      inArray(
        signInFailures.subject,
        subjectsOf(attempt).map(({ subject }) => subject),
      ),
    )
  const waits = rows.map(({ lockedUntil }) => Math.ceil(((lockedUntil?.getTime() ?? 0) - now) / 1_000))
  return Math.max(0, ...waits.filter((seconds) => seconds <= longestWaitS))
}

/** Counts a wrong password or code; stored, so that a restart forgets nothing. */
export async function noteFailure(tx: Transaction, attempt: Attempt, now = Date.now()): Promise<void> {
  for (const { kind, subject } of subjectsOf(attempt)) {
    const [row] = await tx.select().from(signInFailures).where(eq(signInFailures.subject, subject)).for('update')
    const goesOn = row && now - row.lastFailedAt.getTime() < rules[kind].forgottenAfterS * 1_000
    const failures = goesOn ? row.failures + 1 : 1
    const waitS = waitSeconds(kind, failures)
    const values = { failures, lastFailedAt: new Date(now), lockedUntil: waitS > 0 ? new Date(now + waitS * 1_000) : null }
    await tx
      .insert(signInFailures)
      .values({ subject, ...values })
      .onConflictDoUpdate({ target: signInFailures.subject, set: values })
  }
}

/** A right sign-in ends the row of failures of its account; those of the address stay, or an own account would wash them away. */
export async function forgetFailures(tx: Transaction, email: string): Promise<void> {
  await tx.delete(signInFailures).where(eq(signInFailures.subject, subjectOf('account', email)))
}

/** @throws problem rate_limited with Retry-After while the account or the address is locked */
export async function refuseWhileLocked(tx: Transaction, attempt: Attempt, headers: Headers | undefined): Promise<void> {
  const seconds = await lockedSeconds(tx, attempt)
  if (seconds === 0) return
  headers?.set('retry-after', String(seconds))
  throw problem('rate_limited', `Too many wrong attempts. Try again in ${seconds} seconds.`, undefined, { retry_after: seconds })
}
