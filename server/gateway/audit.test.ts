import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Keyring, openKeyring } from '../crypto/keyring.ts'
import { type AuditRecord, commitmentTo, digestOf, leafOf } from '../crypto/transparency/audit-record.ts'
import { concat, hex } from '../crypto/transparency/bytes.ts'
import { appendLeaf } from '../crypto/transparency/merkle.ts'
import type { Jobs } from '../jobs/port.ts'
import { openPglite } from '../storage/database/pglite.ts'
import { rows } from '../storage/database/port.ts'
import { freshDatabase, freshEnterprise } from '../testing/database.ts'
import { type AuditEvent, appendAudit, recordRefusal } from './audit.ts'
import { auditRecord } from './audit-view.ts'
import { destroyPersonalKey, personalReader } from './personal-keys.ts'
import { auditEntries, auditLogs } from './tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'aia-audit-'))
let keyring: Keyring
let started: string[] = []
const jobs: Jobs = {
  start: async (_tx, _enterpriseId, { name }) => void started.push(name),
  abandon: async () => {},
  definition: () => undefined,
  names: () => [],
}
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The log as it must stand after these records, built anew. */
function rebuilt(records: readonly AuditRecord[]): { frontier: string; leaves: string[]; nodes: number } {
  let frontier: Uint8Array[] = []
  let nodes = 0
  const leaves = records.map((record, size) => {
    const grown = appendLeaf(size, frontier, leafOf(record))
    frontier = grown.frontier
    nodes += 1 + grown.completed.length
    return hex(leafOf(record))
  })
  return { frontier: hex(concat(...frontier)), leaves, nodes }
}

async function stored(database: Awaited<ReturnType<typeof freshDatabase>>, enterpriseId: string) {
  return database.tenant(enterpriseId, async (tx) => {
    const entries = await tx.select().from(auditEntries).orderBy(auditEntries.sequence)
    const [log] = await tx.select().from(auditLogs)
    const [nodes] = await rows<{ n: number }>(tx, sql`select count(*)::int as n from audit_nodes`)
    return { entries, log, nodes: nodes?.n }
  })
}

describe('audit log', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    database = await freshDatabase()
    keyring = await openKeyring(folder, database)
  })
  afterAll(() => database.remove())
  const event = (enterpriseId: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
    enterpriseId,
    actor: randomUUID(),
    operation: 'test.change',
    requestId: 'request-1',
    ...more,
  })
  const append = (given: AuditEvent) => database.tenant(given.enterpriseId, (tx) => appendAudit(tx, { keyring, jobs }, given))

  it('numbers rows without gaps, also when many append at once and some roll back, and grows the tree with them', async () => {
    const id = await freshEnterprise(database)
    const attempts = Array.from({ length: 30 }, (_, n) =>
      database.tenant(id, async (tx) => {
        await appendAudit(tx, { keyring, jobs }, event(id, { target: String(n), detail: { b: n, a: [1.5, null, 'ä'] } }))
        if (n % 3 === 0) throw new Error('rolled back')
      }),
    )
    await Promise.allSettled(attempts)
    const { entries, log, nodes } = await stored(database, id)
    expect(entries.map((entry) => entry.sequence)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    const expected = rebuilt(entries.map(auditRecord))
    expect(entries.map((entry) => hex(entry.leafHash))).toEqual(expected.leaves)
    expect(log).toMatchObject({ size: 20 })
    expect(hex(log!.frontier)).toBe(expected.frontier)
    expect(nodes).toBe(expected.nodes)
  })

  it('appends from identity transactions to the same log', async () => {
    const id = await freshEnterprise(database)
    await append(event(id))
    await database.identity((tx) => appendAudit(tx, { keyring, jobs }, event(id, { operation: 'auth.login' })))
    await append(event(id))
    const { entries, log } = await stored(database, id)
    expect(entries.map(({ sequence, operation }) => [sequence, operation])).toEqual([
      [1, 'test.change'],
      [2, 'auth.login'],
      [3, 'test.change'],
    ])
    expect(hex(log!.frontier)).toBe(rebuilt(entries.map(auditRecord)).frontier)
  })

  it('keeps only digests of what was changed, the same however the keys are ordered', async () => {
    const id = await freshEnterprise(database)
    await append(event(id, { before: { a: 1, b: 'secret-before' }, after: { b: 2, a: [] } }))
    const { entries } = await stored(database, id)
    expect(entries[0]).toMatchObject({ before: digestOf({ b: 'secret-before', a: 1 }), after: digestOf({ a: [], b: 2 }) })
    expect(JSON.stringify(entries)).not.toContain('secret-before')
  })

  it('seals where a call came from under the key of the person, and cannot read it once that key is destroyed', async () => {
    const id = await freshEnterprise(database)
    const [actor, other] = [randomUUID(), randomUUID()]
    const values = { personId: other, values: { email: 'planted@example.com' } }
    await append(event(id, { actor, address: '203.0.113.7', userAgent: 'planted-agent/1', about: values }))
    const { entries } = await stored(database, id)
    const entry = entries[0]!
    expect(JSON.stringify(entries)).not.toMatch(/203\.0\.113\.7|planted/)
    const open = () =>
      database.tenant(id, async (tx) => {
        const read = personalReader(tx, keyring, id)
        return Promise.all(entry.personal.map((part) => read(`audit_entries/${entry.id}/personal`, part)))
      })
    const [from, about] = await open()
    expect(from?.values).toEqual({ address: '203.0.113.7', user_agent: 'planted-agent/1' })
    expect(about?.values).toEqual({ email: 'planted@example.com' })
    expect(entry.personal.map(({ digest }) => digest)).toEqual([from, about].map((part) => commitmentTo(part!)))
    await database.identity((tx) => destroyPersonalKey(tx, id, actor))
    expect((await open()).map((part) => part?.values)).toEqual([undefined, { email: 'planted@example.com' }])
    await append(event(id, { actor, address: '203.0.113.8' }))
    expect((await stored(database, id)).entries[1]?.personal).toEqual([])
  })

  it('names the impersonator and keeps the address under its key, not the actor’s', async () => {
    const id = await freshEnterprise(database)
    const [actor, impersonator] = [randomUUID(), randomUUID()]
    await append(event(id, { actor, impersonator, address: '203.0.113.9' }))
    const { entries } = await stored(database, id)
    expect(entries[0]).toMatchObject({ actor, impersonator, personal: [{ person: impersonator }] })
  })

  it('has a checkpoint made once for many rows', async () => {
    const id = await freshEnterprise(database)
    started = []
    for (let n = 0; n < 3; n++) await append(event(id))
    expect(started).toEqual(['audit-checkpoint'])
  })

  it('records refusals in a transaction of their own', async () => {
    const id = await freshEnterprise(database)
    await recordRefusal({ database, keyring, jobs }, { ...event(id, { target: randomUUID(), detail: { code: 'not_found' } }), outcome: 'refused' })
    expect((await stored(database, id)).entries).toMatchObject([{ outcome: 'refused', sequence: 1, detail: { code: 'not_found' } }])
  })

  it('stores what JSON allows and the database does not', async () => {
    const id = await freshEnterprise(database)
    await append(event(id, { target: 'a\0b', detail: { 'k\0': 'x\0\ud800', n: -0, tiny: 1e-7, huge: 1e300 } }))
    const { entries } = await stored(database, id)
    expect(entries[0]).toMatchObject({ target: 'a\ufffdb', detail: { 'k\ufffd': 'x\ufffd\ufffd', n: 0, tiny: 1e-7, huge: 1e300 } })
    expect(hex(leafOf(auditRecord(entries[0]!)))).toBe(hex(entries[0]!.leafHash))
  })

  it('lets nobody change rows, nodes or checkpoints', async () => {
    const id = await freshEnterprise(database)
    await append(event(id))
    for (const statement of [
      sql`update audit_entries set target = 'x'`,
      sql`delete from audit_entries`,
      sql`update audit_nodes set level = 9`,
      sql`delete from audit_checkpoints`,
      sql`update personal_keys set sealed_key = null`,
    ]) {
      await expect(database.tenant(id, (tx) => tx.execute(statement))).rejects.toThrow()
    }
    await expect(database.identity((tx) => tx.execute(sql`update audit_entries set target = 'x'`))).rejects.toThrow()
  })
})

describe('audit log of an older database', () => {
  it('gets numbers, hashes and tree from the migration, the same as new rows get', async () => {
    const home = mkdtempSync(join(tmpdir(), 'aia-old-'))
    const older = join(home, 'drizzle')
    mkdirSync(join(older, 'meta'), { recursive: true })
    cpSync('drizzle', older, { recursive: true })
    const journal = JSON.parse(readFileSync('drizzle/meta/_journal.json', 'utf8')) as { entries: { tag: string }[] }
    const before = journal.entries.slice(
      0,
      journal.entries.findIndex(({ tag }) => tag.endsWith('_audit_log')),
    )
    writeFileSync(join(older, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: before }))
    const old = await openPglite({ folder: join(home, 'database'), migrations: older })
    const [a, b] = [randomUUID(), randomUUID()]
    const details = ['{"titles": ["Größe \\"x\\"\\n", "tab\\t\\u0001"], "n": 12, "b": {"z": null, "a": true}}', '[]', '{}']
    for (let n = 0; n < 13; n++)
      await old.engine.query(
        `insert into audit_entries (enterprise_id, at, actor, operation, target, request_id, outcome, detail)
         values ($1, timestamptz '2026-01-02 03:04:05.123456Z' + $2 * interval '1.5 seconds', 'person', 'neural.add', $3, 'request', 'done', $4)`,
        [n === 5 ? b : a, n, n % 2 ? `target "${n}"` : null, n % 4 === 3 ? null : details[n % 3]],
      )
    await old.close()
    const database = await openPglite({ folder: join(home, 'database'), migrations: 'drizzle' })
    try {
      const ownKeys = await openKeyring(join(home, 'keys'), database)
      for (const [enterpriseId, size] of [
        [a, 12],
        [b, 1],
      ] as const) {
        const { entries, log, nodes } = await stored(database as never, enterpriseId)
        expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: size }, (_, n) => n + 1))
        const expected = rebuilt(entries.map(auditRecord))
        expect(entries.map((entry) => hex(entry.leafHash))).toEqual(expected.leaves)
        expect({ size: log?.size, frontier: hex(log!.frontier), nodes }).toEqual({ size, frontier: expected.frontier, nodes: expected.nodes })
      }
      await database.tenant(a, (tx) =>
        appendAudit(tx, { keyring: ownKeys, jobs }, { enterpriseId: a, actor: 'system', operation: 'x', requestId: 'r' }),
      )
      expect((await stored(database as never, a)).log?.size).toBe(13)
    } finally {
      await database.close()
      rmSync(home, { recursive: true, force: true })
    }
  })
})
