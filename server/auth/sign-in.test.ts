// Signing in with a password: lock-out and what a stranger can learn. OWASP ASVS 5: V6 (authentication).
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../gateway/tables.ts'
import { ownerOf, startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { waitSeconds } from './sign-in-failures.ts'
import { signInFailures } from './tables.ts'

const owner = { email: 'owner@example.com', password: 'a long test password' }

describe('the wait after wrong attempts', () => {
  it('grows from the sixth on, up to a quarter of an hour', () => {
    expect([1, 4, 5, 6, 7, 8, 9, 10, 50].map((failures) => waitSeconds('account', failures))).toEqual([0, 0, 30, 60, 120, 240, 480, 900, 900])
    expect([5, 49, 50, 51].map((failures) => waitSeconds('address', failures))).toEqual([0, 0, 30, 60])
  })
})

describe('signing in', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia.stop())
  const login = (email: string, password: string, address = '192.0.2.1') =>
    aia.call('POST', 'auth/login', { email, password }, { token: null, headers: { 'x-forwarded-for': address } })
  const unlock = () => aia.runtime.services.database.identity((tx) => tx.update(signInFailures).set({ lockedUntil: new Date() }))
  const answer = async (response: Response) => {
    const { status, code, detail } = (await response.json()) as { status?: number; code?: string; detail?: string }
    return { status: status ?? response.status, code, detail, retryAfter: response.headers.get('retry-after') }
  }

  it.each([
    ['a known account', owner.email],
    ['an unknown one, just the same', 'nobody@example.com'],
  ])('locks %s after five wrong passwords, also for the right one', async (_what, email) => {
    const tries = await Promise.all(Array.from({ length: 8 }, () => login(email, 'wrong password').then(answer)))
    // Tried at once they are still counted one by one.
    expect(tries.map(({ status }) => status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    const locked = await answer(await login(email, owner.password))
    expect(locked).toMatchObject({ status: 429, code: 'rate_limited', detail: expect.stringMatching(/Try again in \d+ seconds/) })
    expect(Number(locked.retryAfter)).toBeGreaterThan(20)
    expect(Number(locked.retryAfter)).toBeLessThanOrEqual(30)
  })

  it('keeps the lock over a restart, doubles it with the next wrong password, and forgets it with the right one', async () => {
    const stored = await aia.runtime.services.database.identity((tx) => tx.select().from(signInFailures))
    expect(stored.filter(({ lockedUntil }) => lockedUntil)).toHaveLength(2)
    expect(JSON.stringify(stored)).not.toContain('@')
    await unlock()
    expect((await login(owner.email, 'wrong password')).status).toBe(401)
    const { retryAfter } = await answer(await login(owner.email, owner.password))
    expect(Number(retryAfter)).toBeGreaterThan(50)
    await unlock()
    expect((await login(owner.email, owner.password)).status).toBe(200)
    expect((await login(owner.email, 'wrong password')).status).toBe(401)
    expect((await login(owner.email, owner.password)).status).toBe(200)
  })

  it('locks an address that tries many accounts, and no other', async () => {
    const address = '192.0.2.9'
    for (let i = 0; i < 50; i++) await login(`guess${i}@example.com`, 'wrong password', address)
    expect((await login(owner.email, owner.password, address)).status).toBe(429)
    expect((await login(owner.email, owner.password, '192.0.2.10')).status).toBe(200)
  })

  it('records attempts on an account in its audit log', async () => {
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const entries = await aia.runtime.services.database.tenant(enterprise.id, (tx) =>
      tx.select().from(auditEntries).where(eq(auditEntries.operation, 'auth.login')),
    )
    expect(new Set(entries.map(({ outcome }) => outcome))).toEqual(new Set(['done', 'refused']))
    expect(JSON.stringify(entries)).not.toContain('wrong password')
  })

  it('does not lock who signs in often and rightly', async () => {
    for (let i = 0; i < 8; i++) await ownerOf(aia.runtime)
  })
})
