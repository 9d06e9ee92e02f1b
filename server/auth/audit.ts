import { auditEntries } from '../gateway/tables.ts'
import type { Transaction } from '../storage/database/port.ts'

/** An audit row for what happens before there is a caller, such as signing in. Written in the transaction of the change. */
export async function auditSignIn(
  tx: Transaction,
  row: {
    enterpriseId: string
    personId: string
    operation: string
    target: string | null
    requestId: string
    outcome: 'done' | 'refused'
    detail?: Record<string, unknown>
  },
): Promise<void> {
  const { personId: actor, detail = null, ...rest } = row
  await tx.insert(auditEntries).values({ ...rest, actor, detail })
}
