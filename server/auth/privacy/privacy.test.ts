import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ExportVerifier } from '../../crypto/transparency/audit-export.ts'
import type { PgliteDatabase } from '../../storage/database/pglite.ts'
import { freshEnterprise } from '../../testing/database.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { until } from '../../testing/until.ts'
import { memberships } from '../tables.ts'
import { personDocument } from './document.ts'

const planted = {
  email: 'planted.person@example.com',
  name: 'Plantedname Überall',
  address: '203.0.113.77',
  program: 'PlantedProgram/7.7',
  question: 'plantedquestion about the backups of pump 7?',
  key: 'plantedkeyname',
}
const password = 'a planted password of my own'

describe('privacy', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
    await aia.add('Handbook', '# Backups\n\nBackups of pump 7 are kept for 30 days.')
  })
  afterAll(() => aia.stop())
  const headers = { 'x-forwarded-for': planted.address, 'user-agent': planted.program }

  async function person(email: string, name: string): Promise<{ id: string; token: string }> {
    const { link } = await aia.json<{ link: string }>('POST', 'auth/invitations', { email, role: 'analyst' })
    const accept = { token: new URL(link).hash.slice(1), name, password }
    expect((await aia.call('POST', 'auth/invitations/accept', accept, { token: null, headers })).status).toBe(200)
    // One wrong password before the right one, as people do.
    await aia.call('POST', 'auth/login', { email, password: 'wrong' }, { token: null, headers })
    const signedIn = await aia.call('POST', 'auth/login', { email, password }, { token: null, headers })
    const { access_token: token } = (await signedIn.json()) as { access_token: string }
    const profile = (await (await aia.call('GET', 'auth/profile', undefined, { token, headers })).json()) as { person: { id: string } }
    return { id: profile.person.id, token }
  }
  async function leaveTraces(token: string): Promise<void> {
    const asked = await aia.call('POST', 'neural/process', { data: { question: planted.question } }, { token, headers })
    const { id } = (await asked.json()) as { id: string }
    expect(asked.status).toBe(200)
    await aia.call('POST', `neural/results/${id}/feedback`, { useful: true }, { token, headers })
    expect((await aia.call('POST', 'auth/api-keys', { name: planted.key, scopes: ['knowledge.read'] }, { token, headers })).status).toBeLessThan(300)
    expect((await aia.call('GET', 'neural/atoms/4168574a-c376-4353-a19c-27d5f8730004', undefined, { token, headers })).status).toBe(404)
  }

  /** Places in the whole database and the object store where one of the texts can be read, in any column and in bytes. */
  async function readableAnywhere(texts: readonly string[]): Promise<string[]> {
    const { engine } = aia.runtime.services.database as PgliteDatabase
    const found: string[] = []
    const { rows: tables } = await engine.query<{ name: string }>(
      "select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    )
    expect(tables.length).toBeGreaterThan(30)
    for (const { name } of tables)
      for (const text of texts) {
        const hex = Buffer.from(text).toString('hex')
        const base64 = Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)
        const { rows } = await engine.query<{ n: number }>(
          `select count(*)::int as n from ${name} t where strpos(lower(t::text), lower($1)) > 0 or strpos(t::text, $2) > 0 or strpos(t::text, $3) > 0`,
          [text, hex, base64],
        )
        if (rows[0]?.n) found.push(`${name}: ${text}`)
      }
    const { rows: enterprises } = await engine.query<{ id: string }>('select id from enterprises')
    const { objects } = aia.runtime.services
    for (const { id } of enterprises)
      for (const key of await objects.list(id)) {
        // What is being removed may go between the two looks.
        const bytes = Buffer.from(await objects.get(key).catch(() => new Uint8Array()))
        for (const text of texts) if (bytes.includes(text)) found.push(`object ${key}: ${text}`)
      }
    return found
  }
  /** Asks for an export and waits until it can be downloaded. */
  async function exported(path: string, token?: string): Promise<string> {
    const as = token ? { token, headers } : {}
    const { id } = (await (await aia.call('POST', path, {}, as)).json()) as { id: string }
    await until(async () => (await aia.call('GET', `exports/${id}/download`, undefined, as)).status === 200)
    return id
  }
  const texts = Object.values(planted)
  const untilErased = () =>
    until(
      () => readableAnywhere(texts),
      (left) => left.length === 0,
    )
  async function auditVerifies(): Promise<string[]> {
    const verifier = new ExportVerifier()
    const exported = await (await aia.call('GET', 'audit/export')).text()
    for (const line of exported.trimEnd().split('\n')) verifier.line(line)
    expect(verifier.report()).toMatchObject({ ok: true, problems: [] })
    return texts.filter((text) => exported.includes(text))
  }

  it('exports all of a person and nothing of others, as JSON and as a page', async () => {
    const { id, token } = await person(planted.email, planted.name)
    await leaveTraces(token)
    expect((await readableAnywhere(texts)).length).toBeGreaterThan(5)
    const own = await aia.call('GET', 'privacy/export', undefined, { token, headers })
    const json = await own.text()
    for (const text of texts) expect(json, text).toContain(text)
    for (const secret of [password, 'argon2id', 'key_hash', 'owner@example.com']) expect(json).not.toContain(secret)
    const page = await (await aia.call('GET', 'privacy/export?format=html', undefined, { token, headers })).text()
    for (const text of texts) expect(page, text).toContain(text)
    const byAdmin = await aia.call('GET', `privacy/people/${id}/export`)
    expect(await byAdmin.text()).toContain(planted.question)
    expect((await aia.call('GET', `privacy/people/${id}/export`, undefined, { token })).status).toBe(403)
    expect((await aia.call('GET', 'privacy/people/4168574a-c376-4353-a19c-27d5f8730004/export')).status).toBe(404)
  })

  it('erases a person for an administrator: nothing is readable anywhere, and the audit log still verifies', async () => {
    const { items } = await aia.json<{ items: { id: string }[] }>('GET', `auth/people?q=${encodeURIComponent(planted.email)}`)
    const id = items[0]!.id
    const erase = (email: string) => aia.call('POST', `privacy/people/${id}/erase`, { email })
    expect((await erase('somebody@example.com')).status).toBe(400)
    expect(await auditVerifies()).not.toEqual([])
    // Files that tell of the person: asked for by an administrator, and a copy of the audit log.
    const made = [await exported(`privacy/people/${id}/export`), await exported('audit/export')]
    expect((await readableAnywhere(texts)).filter((where) => where.startsWith('object '))).not.toEqual([])
    const done = await erase(planted.email)
    expect([done.status, await done.json()]).toEqual([200, { id, account_gone: true }])
    for (const each of made) expect((await aia.call('GET', `exports/${each}/download`)).status).toBe(404)
    expect(await untilErased()).toEqual([])
    expect(await auditVerifies()).toEqual([])
    expect((await erase(planted.email)).status).toBe(404)
    const { items: rows } = await aia.json<{ items: { entry: { operation: string; target: string }; actor: { name: string | null } }[] }>(
      'GET',
      `audit/entries?actor=${id}`,
    )
    expect(rows.length).toBeGreaterThan(3)
    expect(rows.every((row) => row.actor.name === null)).toBe(true)
  })

  it('erases oneself, ends one’s sessions, and lets the address be used anew', async () => {
    const { id, token } = await person(planted.email, planted.name)
    await leaveTraces(token)
    await exported('privacy/export', token)
    expect((await aia.call('POST', 'privacy/erase', { email: 'else@example.com' }, { token, headers })).status).toBe(400)
    const done = await aia.call('POST', 'privacy/erase', { email: planted.email }, { token, headers })
    expect([done.status, await done.json()]).toEqual([200, { id, account_gone: true }])
    expect((await aia.call('GET', 'auth/profile', undefined, { token })).status).toBe(401)
    expect(await untilErased()).toEqual([])
    expect(await auditVerifies()).toEqual([])
  })

  it('erases somebody who belongs elsewhere too only here', async () => {
    const database = aia.runtime.services.database as PgliteDatabase
    const other = await freshEnterprise(database)
    const { id } = await person('both@example.com', 'Both')
    await database.identity((tx) => tx.insert(memberships).values({ enterpriseId: other, personId: id, role: 'owner' }))
    const response = await aia.call('POST', `privacy/people/${id}/erase`, { email: 'both@example.com' })
    expect([response.status, await response.json()]).toEqual([200, { id, account_gone: false }])
    const left = await database.identity((tx) => tx.select().from(memberships).where(eq(memberships.personId, id)))
    expect(left.map(({ enterpriseId }) => enterpriseId)).toEqual([other])
    const signIn = await aia.call('POST', 'auth/login', { email: 'both@example.com', password }, { token: null })
    const { access_token: token } = (await signIn.json()) as { access_token: string }
    const own = await aia.call('POST', 'privacy/erase', { email: 'both@example.com' }, { token })
    expect(own.status).toBe(409) // the last owner over there
  })

  it('refuses to erase the last owner', async () => {
    const profile = await aia.json<{ person: { id: string; email: string } }>('GET', 'auth/profile')
    const response = await aia.call('POST', 'privacy/erase', { email: profile.person.email })
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([
      409,
      'This is the last owner of the enterprise. Make somebody else an owner first.',
    ])
    expect((await aia.call('GET', 'auth/profile')).status).toBe(200)
  })

  it('writes a page in which nothing runs', () => {
    const name = '<script>alert(1)</script>'
    const page = personDocument({
      exported_at: '2026-01-01T00:00:00Z',
      person: { id: '1', name, email: 'a&b@example.com' },
      enterprises: [{ name, parts: { [name]: [{ [name]: name, at: new Date(0), nothing: null, more: { a: '"' } }] } }],
    })
    expect(page).not.toContain('<script')
    expect(page).toContain('1970-01-01T00:00:00.000Z')
    expect(page).toContain('a&amp;b@example.com')
  })
})
