import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ExportVerifier } from '../crypto/transparency/audit-export.ts'
import { removeExpiredExports } from '../gateway/exports.ts'
import { exportFiles } from '../gateway/tables.ts'
import { sources } from '../neural/tables.ts'
import type { PgliteDatabase } from '../storage/database/pglite.ts'
import { objectPlaces } from '../testing/gcs.ts'
import { newPerson } from '../testing/people.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'

interface Export {
  id: string
  kind: string
  state: string
  job_id: string
  progress: { done: number; total: number }
  file_name: string | null
  byte_length: number | null
  expires_at: string
}
interface Step {
  name: string
  state: string
  attempts: number
}

describe.each(objectPlaces)('exports, with objects in $name', ({ name, missing, more }) => {
  let aia: TestInstallation
  let drop = async () => {}
  beforeAll(async () => {
    if (missing) return
    const place = await more()
    drop = place.drop
    aia = await startInstallation(place.variables)
    await aia.add('Handbook', '# Backups\n\nBackups of pump 7 are kept for 30 days.')
  })
  afterAll(async () => {
    await aia?.stop()
    await drop()
  })
  beforeEach((context) => {
    if (missing) context.skip(missing)
    return () => void vi.restoreAllMocks()
  })

  const get = (id: string) => aia.json<Export>('GET', `exports/${id}`)
  const done = (id: string) =>
    until(
      () => get(id),
      ({ state }) => state === 'done' || state === 'failed',
    )
  /** What a browser gets: it follows an address of the store without what AIA knows it by. */
  async function fetched(id: string, token?: string): Promise<{ text: string; name: string; type: string | null }> {
    const answer = await aia.call('GET', `exports/${id}/download`, undefined, token ? { token } : {})
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.status).toBe(name === 'gcs' ? 302 : 200)
    const location = answer.headers.get('location')
    const disposition = location ? new URL(location).searchParams.get('response-content-disposition') : answer.headers.get('content-disposition')
    const fileName = /^attachment; filename\*=UTF-8''(.+)$/.exec(disposition ?? '')?.[1] ?? ''
    if (!location) expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    const file = location ? await fetch(location) : answer
    const type = location ? new URL(location).searchParams.get('response-content-type') : file.headers.get('content-type')
    return { text: await file.text(), name: fileName, type }
  }
  const operations = async (target: string) =>
    (await aia.json<{ items: { entry: { operation: string } }[] }>('GET', `audit/entries?target=${target}`)).items.map(({ entry }) => entry.operation)

  it('makes the audit log into a file that verifies, by a job that is shown, and records who asked and who fetched', async () => {
    const asked = await aia.json<Export>('POST', 'audit/export', {})
    expect(asked).toMatchObject({ kind: 'audit', state: 'queued', file_name: null })
    const made = await done(asked.id)
    expect(made).toMatchObject({ state: 'done', byte_length: expect.any(Number) })
    expect(made.progress.done).toBe(made.progress.total)
    expect(Date.parse(made.expires_at) - Date.now()).toBeGreaterThan(6.9 * 86_400_000)
    const job = await until(
      () => aia.json<{ name: string; state: string; about: object; steps: Step[] }>('GET', `jobs/${made.job_id}`),
      ({ state }) => state === 'done',
    )
    expect(job).toMatchObject({ name: 'export', about: { kind: 'audit', title: 'Audit log' }, steps: [{ name: 'gather' }, { name: 'finish' }] })
    const file = await fetched(asked.id)
    expect(file).toMatchObject({ name: made.file_name, type: 'application/x-ndjson' })
    expect(file.text).toContain('audit.startAuditExport')
    const verifier = new ExportVerifier()
    for (const line of file.text.trimEnd().split('\n')) verifier.line(line)
    expect(verifier.report()).toMatchObject({ ok: true, problems: [] })
    expect(await operations(asked.id)).toEqual(['exports.download', 'audit.startAuditExport'])
    expect((await aia.json<{ items: Export[] }>('GET', 'exports')).items.map(({ id }) => id)).toContain(asked.id)
  })

  it('makes a person’s own data into a file for that person alone', async () => {
    const person = await newPerson(aia, 'analyst', (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id)
    const token = await person.token()
    const asked = (await (await aia.call('POST', 'privacy/export', { format: 'html' }, { token })).json()) as Export
    await until(
      async () => (await (await aia.call('GET', `exports/${asked.id}`, undefined, { token })).json()) as Export,
      ({ state }) => state === 'done',
    )
    expect(await fetched(asked.id, token)).toMatchObject({ name: 'personal-data.html', text: expect.stringContaining(person.email) })
    // Not even for those who may have the data of people here: it holds other enterprises' too.
    expect((await aia.call('GET', `exports/${asked.id}`)).status).toBe(404)
    expect((await aia.call('GET', `exports/${asked.id}/download`)).status).toBe(404)
    const byAdmin = await aia.json<Export>('POST', `privacy/people/${person.id}/export`, {})
    await done(byAdmin.id)
    expect(JSON.parse((await fetched(byAdmin.id)).text)).toMatchObject({ person: { email: person.email } })
    for (const path of [`exports/${byAdmin.id}`, `exports/${byAdmin.id}/download`])
      expect((await aia.call('GET', path, undefined, { token })).status).toBe(404)
    expect((await aia.call('POST', `privacy/people/${person.id}/export`, {}, { token })).status).toBe(403)
    expect((await aia.call('POST', 'audit/export', {}, { token })).status).toBe(403)
    const stranger = await (await newPerson(aia, 'owner')).token()
    expect((await aia.call('GET', `exports/${byAdmin.id}/download`, undefined, { token: stranger })).status).toBe(404)
    expect((await aia.call('POST', `privacy/people/${person.id}/export`, {}, { token: stranger })).status).toBe(404)
  })

  it('makes all knowledge into lines of sources and atoms', async () => {
    const asked = await aia.json<Export>('POST', 'neural/export', {})
    await done(asked.id)
    const lines = (await fetched(asked.id)).text
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            source?: { id: string; text: string }
            atom?: { text: string }
            occurrences?: { source_id: string; start: number; end: number }[]
          },
      )
    const source = lines.find((line) => line.source)?.source
    expect(source?.text).toContain('Backups of pump 7')
    const { atoms } = await aia.json<{ atoms: number }>('GET', 'neural/status')
    const told = lines.filter((line) => line.atom)
    expect(told).toHaveLength(atoms)
    for (const { occurrences } of told)
      for (const at of occurrences ?? []) expect([at.source_id, at.end <= (source?.text.length ?? 0)]).toEqual([source?.id, true])
  })

  it('is gone after its time, with its bytes, and when it is removed', async () => {
    const { objects, database } = aia.runtime.services
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const before = (await objects.list(enterprise.id)).length
    const [late, removed] = [await aia.json<Export>('POST', 'audit/export', {}), await aia.json<Export>('POST', 'neural/export', {})]
    await Promise.all([done(late.id), done(removed.id)])
    expect(await objects.list(enterprise.id)).toHaveLength(before + 2)
    await aia.json('DELETE', `exports/${removed.id}`)
    expect((await aia.call('GET', `exports/${removed.id}`)).status).toBe(404)
    expect(await objects.list(enterprise.id)).toHaveLength(before + 1)
    await removeExpiredExports(aia.runtime.services)
    expect((await get(late.id)).state).toBe('done')
    await database.tenant(enterprise.id, (tx) =>
      tx
        .update(exportFiles)
        .set({ expiresAt: new Date(Date.now() - 1_000) })
        .where(eq(exportFiles.id, late.id)),
    )
    expect((await aia.call('GET', `exports/${late.id}/download`)).status).toBe(404)
    await removeExpiredExports(aia.runtime.services)
    expect(await objects.list(enterprise.id)).toHaveLength(before)
  })

  it('keeps the bytes of an export that somebody has added as a source', async () => {
    const asked = await aia.json<Export>('POST', 'neural/export', {})
    await done(asked.id)
    const { text } = await fetched(asked.id)
    const id = await aia.add('The export', text, 'text/plain')
    await aia.json('DELETE', `exports/${asked.id}`)
    const again = await aia.call('POST', `neural/sources/${id}/retry`)
    expect(again.status).toBe(409) // it is read
    const { objects, database } = aia.runtime.services
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const [row] = await database.tenant(enterprise.id, (tx) => tx.select().from(sources).where(eq(sources.id, id)))
    expect(new TextDecoder().decode(await objects.get(row?.objectKey ?? ''))).toBe(text)
  })

  it('can be cancelled and run again by hand, and fails once when it cannot be made', async () => {
    const { objects } = aia.runtime.services
    let letThrough = () => {}
    let stored = false
    const real = objects.put.bind(objects)
    vi.spyOn(objects, 'put').mockImplementationOnce(async (...given) => {
      await new Promise<void>((resolve) => {
        letThrough = resolve
      })
      const key = await real(...given)
      stored = true
      return key
    })
    const asked = await aia.json<Export>('POST', 'audit/export', {})
    await until(
      () => get(asked.id),
      ({ progress }) => progress.total > 0 && progress.done === progress.total,
    )
    expect((await aia.call('GET', `exports/${asked.id}/download`)).status).toBe(409)
    expect(await aia.json('POST', `jobs/${asked.job_id}/cancel`)).toMatchObject({ state: 'cancelled', can_retry: true })
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const before = (await objects.list(enterprise.id)).length
    letThrough()
    expect(await get(asked.id)).toMatchObject({ state: 'cancelled' })
    // What was on its way to the store does not stay there.
    await until(() => stored)
    await until(async () => (await objects.list(enterprise.id)).length === before)
    await aia.json('POST', `jobs/${asked.job_id}/retry`)
    expect((await done(asked.id)).state).toBe('done')

    vi.spyOn(objects, 'put').mockRejectedValue(new Error('the store refuses'))
    const refused = await aia.json<Export>('POST', 'audit/export', {})
    expect(await done(refused.id)).toMatchObject({ state: 'failed', file_name: null })
    const job = await until(
      () => aia.json<{ state: string; steps: Step[] }>('GET', `jobs/${refused.job_id}`),
      ({ state }) => state === 'failed',
    )
    expect(job.steps).toMatchObject([{ name: 'gather', state: 'failed', attempts: 3, error: 'the store refuses' }])
  })
})

it('survives a start on the embedded database, which removes objects that nothing names', async () => {
  const aia = await startInstallation()
  const { id } = await aia.json<Export>('POST', 'audit/export', {})
  await until(
    () => aia.json<Export>('GET', `exports/${id}`),
    ({ state }) => state === 'done',
  )
  const { startBackgroundWork } = await import('../neural/jobs.ts')
  const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
  await startBackgroundWork(aia.runtime.services, enterprise.id)
  expect((aia.runtime.services.database as PgliteDatabase).adapter).toBe('pglite')
  expect((await aia.call('GET', `exports/${id}/download`)).status).toBe(200)
  await aia.stop()
})
