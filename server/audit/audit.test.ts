import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { ExportVerifier } from '../crypto/transparency/audit-export.ts'
import { leafOf } from '../crypto/transparency/audit-record.ts'
import { base64, fromBase64 } from '../crypto/transparency/bytes.ts'
import { verifyCheckpoint } from '../crypto/transparency/checkpoint.ts'
import { verifyConsistency, verifyInclusion } from '../crypto/transparency/merkle.ts'
import { decodeVerifierKey } from '../crypto/transparency/note.ts'
import { appendAudit } from '../gateway/audit.ts'
import type { PgliteDatabase } from '../storage/database/pglite.ts'
import { freshEnterprise } from '../testing/database.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'
import { rotateCheckpointKeysWhenDue } from './checkpoint-keys.ts'
import type * as contract from './contract.ts'

type List = z.infer<typeof contract.auditList>
type Proof = z.infer<typeof contract.auditProof>
type State = z.infer<typeof contract.auditState>
type Consistency = z.infer<typeof contract.consistencyProof>

describe('audit operations', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
    await aia.add('Handbook', '# Backups\n\nBackups are kept for 30 days.')
  })
  afterAll(() => aia.stop())
  const database = () => aia.runtime.services.database as PgliteDatabase
  const exported = async () => {
    const response = await aia.call('GET', 'audit/export')
    expect(response.status).toBe(200)
    return (await response.text()).trimEnd().split('\n')
  }
  const verify = (lines: readonly string[], keys: readonly string[] = []) => {
    const verifier = new ExportVerifier(keys)
    for (const line of lines) verifier.line(line)
    return verifier.report()
  }

  it('signs in the background after a change', async () => {
    const state = await until(
      () => aia.json<State>('GET', 'audit/state'),
      ({ checkpoint }) => Boolean(checkpoint),
    )
    expect(state.checkpoint?.size).toBeGreaterThan(0)
    expect(state.checkpoint?.origin).toMatch(/^127\.0\.0\.1:\d+\/audit\/[0-9a-f-]{36}$/)
    expect(state.operations.map(({ value }) => value)).toContain('neural.addSources')
  })

  it('lists rows newest first with names, address and filters, page by page', async () => {
    for (let n = 0; n < 5; n++) await aia.json('POST', 'audit/checkpoints')
    const all = await aia.json<List>('GET', 'audit/entries?limit=200')
    expect(all.items.map(({ entry }) => entry.sequence)).toEqual(Array.from({ length: all.total }, (_, n) => all.total - n))
    expect(all.items[0]).toMatchObject({
      actor: { email: 'owner@example.com' },
      impersonator: null,
      entry: { operation: 'audit.signAudit', outcome: 'done' },
    })
    expect(Object.keys(all.items[0]!.personal[0]!.values)).toContain('address')
    const first = await aia.json<List>('GET', 'audit/entries?operation=audit.&limit=3')
    const next = await aia.json<List>('GET', `audit/entries?operation=audit.&limit=3&cursor=${first.next_cursor}`)
    expect([...first.items, ...next.items].map(({ entry }) => entry.sequence)).toEqual([0, 1, 2, 3, 4].map((n) => all.total - n))
    expect(next.next_cursor).toBeNull()
    expect((await aia.json<List>('GET', 'audit/entries?operation=_udit')).total).toBe(0)
    expect((await aia.json<List>('GET', `audit/entries?actor=${all.items[0]!.actor.id}&outcome=refused`)).total).toBe(0)
    expect((await aia.json<List>('GET', 'audit/entries?from=2999-01-01T00:00:00Z')).total).toBe(0)
    expect((await aia.call('GET', 'audit/entries?cursor=x')).status).toBe(400)
    expect((await aia.call('GET', 'audit/entries?outcome=lost')).status).toBe(400)
  })

  it('proves each row and each older state', async () => {
    const { items } = await aia.json<List>('GET', 'audit/entries?limit=200')
    for (const { entry } of items) {
      const { row, leaf_hash, proof, checkpoint, keys } = await aia.json<Proof>('GET', `audit/entries/${entry.sequence}`)
      const { size, root } = verifyCheckpoint(checkpoint, keys.map(decodeVerifierKey))
      const leaf = leafOf(row.entry as never)
      expect(leaf_hash).toBe(base64(leaf))
      expect(verifyInclusion(leaf, entry.sequence - 1, size, proof.map(fromBase64), root)).toBe(true)
    }
    const now = await aia.json<Consistency>('GET', 'audit/consistency?first=3')
    expect(now.second).toBeGreaterThan(3)
    expect(verifyConsistency(now.first, now.second, fromBase64(now.first_root), fromBase64(now.second_root), now.proof.map(fromBase64))).toBe(true)
    expect((await aia.call('GET', 'audit/consistency?first=5&second=4')).status).toBe(400)
    expect((await aia.call('GET', 'audit/consistency?first=1&second=100000')).status).toBe(400)
    expect((await aia.call('GET', 'audit/entries/100000')).status).toBe(404)
    expect((await aia.call('GET', 'audit/entries/0')).status).toBe(400)
  })

  it('exports what verifies without AIA, itself included', async () => {
    const lines = await exported()
    expect(verify(lines)).toMatchObject({ ok: true, rows: lines.length - 2, size: lines.length - 2 })
    expect(lines.at(-1)).toContain('"audit.exportAudit"')
  })

  it('signs with new keys after a rotation, by hand and by the clock, and what was signed before still verifies [ASVS 5.0 V11.1.3]', async () => {
    const { services } = aia.runtime
    const signed = await exported()
    const { keys } = JSON.parse(signed[1] ?? '') as { keys: string[] }
    expect(await aia.json('POST', 'audit/checkpoint-keys/rotate', {})).toMatchObject({ pairs: 2 })
    expect(verify(signed, keys)).toMatchObject({ ok: true })
    const { checkpoint } = await aia.json<Proof>('GET', 'audit/entries/1')
    expect(verifyCheckpoint(checkpoint, keys.map(decodeVerifierKey)).size).toBeGreaterThan(0)
    const resigned = await exported()
    expect(verify(resigned)).toMatchObject({ ok: true })
    expect(verify(resigned, keys).problems[0]).toMatchObject({ kind: 'signature', sequence: null })
    expect(await rotateCheckpointKeysWhenDue(services)).toBe(false)
    expect(await rotateCheckpointKeysWhenDue(services, Date.now() + 91 * 86_400_000)).toBe(true)
    expect(await aia.json('GET', 'audit/checkpoint-keys')).toMatchObject({ pairs: 3 })
    expect(verify(await exported())).toMatchObject({ ok: true })
  })

  it('keeps the log of another enterprise apart', async () => {
    const other = await freshEnterprise(database())
    const planted = { enterpriseId: other, actor: 'system', operation: 'planted.elsewhere', requestId: 'r' }
    await database().tenant(other, (tx) => appendAudit(tx, aia.runtime.services, planted))
    expect((await aia.json<List>('GET', 'audit/entries?operation=planted')).total).toBe(0)
    expect((await exported()).some((line) => line.includes('planted.elsewhere'))).toBe(false)
  })

  it('is refused to who is not signed in', async () => {
    for (const path of ['audit/entries', 'audit/entries/1', 'audit/state', 'audit/export', 'audit/consistency?first=1'])
      expect((await aia.call('GET', path, undefined, { token: null })).status, path).toBe(401)
  })

  it('names the row that somebody with the database’s own rights altered or removed', async () => {
    const engine = database().engine
    await engine.query("update audit_entries set target = 'forged' where sequence = 3")
    expect(verify(await exported()).problems).toEqual([{ kind: 'altered', sequence: 3, detail: 'Row 3 is not what was recorded.' }])
    await engine.query(
      'delete from audit_entries where sequence = 2 and enterprise_id = (select enterprise_id from audit_entries where sequence = 3 limit 1)',
    )
    const report = await aia.call('GET', 'audit/export')
    const lines = report.ok ? (await report.text()).trimEnd().split('\n') : []
    expect(verify(lines).problems.map(({ kind, sequence }) => `${kind} ${sequence}`)).toEqual(['altered 3', 'removed 2'])
  })
})
