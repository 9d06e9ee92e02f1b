import { and, eq, exists, isNotNull, or, type SQL, sql } from 'drizzle-orm'
import type { Transaction } from '../../storage/database/port.ts'
import { passkeys, type people, totpFactors } from '../tables.ts'

/** Whether a person has a second factor to be asked for, as a column. `personId` is a column or a parameter. */
export const hasSecondFactor = (tx: Transaction, personId: SQL | typeof people.id): SQL<boolean> =>
  sql<boolean>`${or(
    exists(
      tx
        .select({ one: sql`1` })
        .from(totpFactors)
        .where(and(eq(totpFactors.personId, personId), isNotNull(totpFactors.confirmedAt))),
    ),
    exists(tx.select({ one: sql`1` }).from(passkeys).where(eq(passkeys.personId, personId))),
  )}`
