import { and, isNotNull, lt, or } from 'drizzle-orm'
import type { Services } from '../gateway/services.ts'
import type { ScheduleDefinition } from '../jobs/port.ts'
import { rotateSigningKeysWhenDue } from './signing-keys.ts'
import { deniedTokens, oauthRecords, passkeyChallenges, refreshTokens, sessions, signInFailures } from './tables.ts'

const dayMs = 86_400_000

/** Rows that can change no answer any more. */
async function forgetWhatExpired({ database }: Services): Promise<void> {
  const now = Date.now()
  await database.identity(async (tx) => {
    await tx.delete(deniedTokens).where(lt(deniedTokens.expiresAt, new Date(now)))
    await tx.delete(passkeyChallenges).where(lt(passkeyChallenges.expiresAt, new Date(now)))
    await tx.delete(signInFailures).where(lt(signInFailures.lastFailedAt, new Date(now - dayMs)))
    await tx.delete(refreshTokens).where(lt(refreshTokens.expiresAt, new Date(now)))
    await tx.delete(oauthRecords).where(lt(oauthRecords.expiresAt, new Date(now)))
    // Ended sessions stay for 30 days: a used refresh token must still be told from an unknown one, and people look back.
    const before = new Date(now - 30 * dayMs)
    await tx.delete(sessions).where(or(lt(sessions.expiresAt, before), and(isNotNull(sessions.revokedAt), lt(sessions.revokedAt, before))))
  })
}

/** What identity does by the clock. */
export const authSchedules: readonly ScheduleDefinition[] = [
  { name: 'signing-key-rotation', cron: '10 3 * * *', daily: true, run: async (services) => void (await rotateSigningKeysWhenDue(services)) },
  { name: 'identity-tidying', cron: '20 3 * * *', daily: true, run: forgetWhatExpired },
]
