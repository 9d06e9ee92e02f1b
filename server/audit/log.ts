import { desc, eq, sql } from 'drizzle-orm'
import { base64, fromHex } from '../crypto/transparency/bytes.ts'
import { hashOfRange, type LeafRange, nodesOfRange } from '../crypto/transparency/merkle.ts'
import { auditCheckpoints, auditLogs } from '../gateway/tables.ts'
import { asJson, rows, type Transaction } from '../storage/database/port.ts'

const hashBytes = 32

/** Size and frontier of an enterprise's log; an enterprise in which nothing has happened has none. */
export async function readLog(tx: Transaction, enterpriseId: string): Promise<{ size: number; frontier: Uint8Array[] }> {
  const [row] = await tx.select().from(auditLogs).where(eq(auditLogs.enterpriseId, enterpriseId))
  const bytes = row?.frontier ?? new Uint8Array()
  return {
    size: row?.size ?? 0,
    frontier: Array.from({ length: bytes.length / hashBytes }, (_, i) => bytes.slice(i * hashBytes, (i + 1) * hashBytes)),
  }
}

export async function latestCheckpoint(tx: Transaction, enterpriseId: string): Promise<{ size: number; note: string } | null> {
  const [row] = await tx
    .select({ size: auditCheckpoints.size, note: auditCheckpoints.note })
    .from(auditCheckpoints)
    .where(eq(auditCheckpoints.enterpriseId, enterpriseId))
    .orderBy(desc(auditCheckpoints.size))
    .limit(1)
  return row ?? null
}

/** The hashes of many ranges of leaves at once, base64; reads only the perfect subtrees they consist of. */
export async function hashesOfRanges(tx: Transaction, enterpriseId: string, ranges: readonly (readonly LeafRange[])[]): Promise<string[][]> {
  const wanted = new Map<string, { level: number; index: number }>()
  for (const range of ranges.flat()) for (const node of nodesOfRange(range)) wanted.set(`${node.level}/${node.index}`, node)
  const found = await rows<{ level: number; index: number; hash: string }>(
    tx,
    sql`select w.level::int as level, w.index::float8 as index, encode(n.hash, 'hex') as hash
      from json_to_recordset(${asJson([...wanted.values()])}) as w(level bigint, index bigint)
      join audit_nodes n on n.enterprise_id = ${enterpriseId} and n.level = w.level and n.index = w.index`,
  )
  const known = new Map(found.map(({ level, index, hash }) => [`${level}/${index}`, fromHex(hash)]))
  const hash = (level: number, index: number): Uint8Array => {
    const node = known.get(`${level}/${index}`)
    if (!node) throw new Error(`The audit tree lacks node ${level}/${index}.`)
    return node
  }
  return ranges.map((path) => path.map((range) => base64(hashOfRange(range, hash))))
}
