import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../gateway/tables.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'

interface Member {
  id: string
  email: string
  role: string
  partner_level: string | null
  state: string
}

describe('people of an enterprise', () => {
  let aia: TestInstallation
  let owner: string
  beforeAll(async () => {
    aia = await startInstallation()
    owner = (await aia.json<{ person: { id: string } }>('GET', 'auth/profile')).person.id
  })
  afterAll(() => aia.stop())

  const password = 'a password of my own'
  const tokenOf = (link: string) => new URL(link).hash.slice(1)
  const signIn = async (email: string) => {
    const response = await aia.call('POST', 'auth/login', { email, password }, { token: null })
    return response.ok ? ((await response.json()) as { access_token: string }).access_token : null
  }
  async function join(email: string, role: string, more: Record<string, unknown> = {}): Promise<{ id: string; token: string }> {
    const { link } = await aia.json<{ link: string }>('POST', 'auth/invitations', { email, role, ...more })
    const accepted = await aia.call('POST', 'auth/invitations/accept', { token: tokenOf(link), name: email, password }, { token: null })
    expect(accepted.status).toBe(200)
    const { items } = await aia.json<{ items: Member[] }>('GET', `auth/people?q=${encodeURIComponent(email)}`)
    const token = await signIn(email)
    if (!items[0] || !token) throw new Error(`${email} did not join.`)
    return { id: items[0].id, token }
  }
  const status = async (method: string, path: string, body?: unknown, token?: string | null) =>
    (await aia.call(method, path, body, token === undefined ? {} : { token })).status

  it('lets a person in with a link that works once', async () => {
    const { link } = await aia.json<{ link: string }>('POST', 'auth/invitations', { email: ' Ana@Example.com ', role: 'analyst' })
    const token = tokenOf(link)
    const read = await aia.call('POST', 'auth/invitations/read', { token }, { token: null })
    expect(await read.json()).toMatchObject({ email: 'ana@example.com', role: 'analyst', has_account: false })
    expect(await status('POST', 'auth/invitations/accept', { token, password }, null)).toBe(400)
    expect(await status('POST', 'auth/invitations/accept', { token, name: 'Ana', password }, null)).toBe(200)
    expect(await status('POST', 'auth/invitations/accept', { token, name: 'Ana', password }, null)).toBe(404)
    expect(await signIn('ana@example.com')).not.toBeNull()
    expect(await status('POST', 'auth/invitations', { email: 'ana@example.com', role: 'analyst' })).toBe(409)
  })

  it('replaces an invitation that is made again, and forgets one that is withdrawn', async () => {
    const make = () => aia.json<{ id: string; link: string }>('POST', 'auth/invitations', { email: 'ben@example.com', role: 'auditor' })
    const [first, second] = [await make(), await make()]
    expect(await status('POST', 'auth/invitations/read', { token: tokenOf(first.link) }, null)).toBe(404)
    expect(await status('POST', 'auth/invitations/read', { token: tokenOf(second.link) }, null)).toBe(200)
    expect(await status('DELETE', `auth/invitations/${second.id}`)).toBe(200)
    expect(await status('POST', 'auth/invitations/read', { token: tokenOf(second.link) }, null)).toBe(404)
    expect(await status('DELETE', `auth/invitations/${second.id}`)).toBe(404)
  })

  it('keeps the last owner', async () => {
    expect(await status('PUT', `auth/people/${owner}/role`, { role: 'admin' })).toBe(409)
    expect(await status('POST', `auth/people/${owner}/suspend`)).toBe(409)
    const second = await join('owner2@example.com', 'owner')
    expect(await status('PUT', `auth/people/${second.id}/role`, { role: 'admin' })).toBe(200)
    expect(await status('PUT', `auth/people/${owner}/role`, { role: 'admin' })).toBe(409)
  })

  it('does not let an administrator reach above its own rights', async () => {
    const admin = await join('admin@example.com', 'admin')
    expect(await status('PUT', `auth/people/${owner}/role`, { role: 'analyst' }, admin.token)).toBe(403)
    expect(await status('POST', `auth/people/${owner}/suspend`, undefined, admin.token)).toBe(403)
    expect(await status('DELETE', `auth/people/${owner}`, undefined, admin.token)).toBe(403)
    expect(await status('PUT', `auth/people/${admin.id}/role`, { role: 'owner' }, admin.token)).toBe(403)
    expect(await status('POST', 'auth/invitations', { email: 'x@example.com', role: 'owner' }, admin.token)).toBe(403)
    expect(await status('POST', 'auth/invitations', { email: 'x@example.com', role: 'admin' }, admin.token)).toBe(200)
  })

  it('locks a suspended person out at once, and lets it in again', async () => {
    const person = await join('cleo@example.com', 'analyst')
    expect(await status('GET', 'auth/profile', undefined, person.token)).toBe(200)
    expect(await aia.json('POST', `auth/people/${person.id}/suspend`)).toMatchObject({ state: 'suspended' })
    expect(await status('GET', 'auth/profile', undefined, person.token)).toBe(401)
    expect(await signIn('cleo@example.com')).toBeNull()
    await aia.json('POST', `auth/people/${person.id}/resume`)
    expect(await status('GET', 'auth/profile', undefined, person.token)).toBe(401)
    expect(await signIn('cleo@example.com')).not.toBeNull()
  })

  it('takes a person out, and says who did it', async () => {
    const person = await join('dan@example.com', 'analyst')
    expect(await status('DELETE', `auth/people/${person.id}`)).toBe(200)
    expect(await status('GET', 'auth/profile', undefined, person.token)).toBe(401)
    expect(await status('DELETE', `auth/people/${person.id}`)).toBe(404)
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const entries = await aia.runtime.services.database.tenant(enterprise.id, (tx) =>
      tx
        .select()
        .from(auditEntries)
        .where(and(eq(auditEntries.operation, 'auth.removePerson'), eq(auditEntries.target, person.id))),
    )
    // The second try reached for nobody, and that is recorded too.
    expect(entries.map((entry) => [entry.actor, entry.outcome]).sort()).toEqual([
      [owner, 'done'],
      [owner, 'refused'],
    ])
  })

  it('opens by a partner’s level what its role does not', async () => {
    const partner = await join('partner@example.com', 'partner')
    expect(await status('GET', 'neural/atoms', undefined, partner.token)).toBe(403)
    expect(await aia.json('PUT', `auth/people/${partner.id}/role`, { role: 'partner', partner_level: 'read' })).toMatchObject({
      partner_level: 'read',
    })
    expect(await status('GET', 'neural/atoms', undefined, partner.token)).toBe(200)
    expect(await status('POST', 'neural/sources', { title: 'a', content: 'b' }, partner.token)).toBe(403)
    expect(await status('GET', 'auth/people', undefined, partner.token)).toBe(403)
  })

  it('pages through the list in one order', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { items: Member[]; next_cursor: string | null; total: number } = await aia.json(
        'GET',
        `auth/people?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      )
      seen.push(...page.items.map(({ email }) => email))
      cursor = page.next_cursor
      if (!cursor) expect(seen).toHaveLength(page.total)
    } while (cursor)
    expect(seen).toEqual([...seen].sort())
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('knows nobody of another enterprise', async () => {
    const { database } = aia.runtime.services
    const { freshEnterprise } = await import('../../testing/database.ts')
    const other = await freshEnterprise(database as never)
    const { memberships, people } = await import('../tables.ts')
    const stranger = crypto.randomUUID()
    await database.identity(async (tx) => {
      await tx.insert(people).values({ id: stranger, email: 'stranger@example.com', name: 'Stranger', passwordHash: '' })
      await tx.insert(memberships).values({ enterpriseId: other, personId: stranger, role: 'analyst' })
    })
    expect(await aia.json('GET', 'auth/people?q=stranger')).toMatchObject({ items: [] })
    for (const [method, path, body] of [
      ['PUT', `auth/people/${stranger}/role`, { role: 'analyst' }],
      ['POST', `auth/people/${stranger}/suspend`, undefined],
      ['POST', `auth/people/${stranger}/resume`, undefined],
      ['DELETE', `auth/people/${stranger}`, undefined],
    ] as const)
      expect(await status(method, path, body), path).toBe(404)
  })
})
