import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'

/**
 * Upkeep for a background job, after ingestion and now and then: joins small index segments. Changes nothing that can be read,
 * so the revision stays. Waits for a change of knowledge that is under way.
 * @returns how many segments were read; 0 when there was no need, so a caller may repeat until then
 */
export async function maintain(tx: Transaction, index: LexicalIndex, enterpriseId: string): Promise<number> {
  await rows(tx, sql`select revision from knowledge_states where enterprise_id = ${enterpriseId} for update`)
  return index.merge(tx, enterpriseId)
}
