import type { Services } from '../gateway/services.ts'
import { DatabaseUnavailable, type Transaction } from '../storage/database/port.ts'

/** Notes that a credential was used. A disk without room for the note, or a database lost just now, is no reason to refuse who uses it. */
export async function noteUse({ database }: Pick<Services, 'database'>, note: (tx: Transaction) => Promise<unknown>): Promise<void> {
  try {
    await database.identity(note)
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error
  }
}
