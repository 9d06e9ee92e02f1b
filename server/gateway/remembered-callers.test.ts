import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../storage/database/port.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { rememberCallers } from './remembered-callers.ts'
import type { Caller } from './services.ts'

const engine = (adapter: string) => ({ adapter, identity: (run: (tx: never) => Promise<unknown>) => run(undefined as never) }) as unknown as Database
const bearer = (token: string) => new Headers({ authorization: `Bearer ${token}` })
const somebody = { personId: 'p' } as Caller

function asking(adapter = 'pglite') {
  const clock = { now: 0 }
  const { database, of } = rememberCallers(engine(adapter), () => clock.now)
  const counted = { asked: 0 }
  const identify = async (): Promise<Caller | null> => {
    counted.asked++
    return { ...somebody }
  }
  return { clock, database, of, counted, identify, change: () => database.identity(async () => undefined) }
}

describe('remembered callers', () => {
  it('asks once a credential, and again after an identity transaction or a second', async () => {
    const { clock, of, counted, identify, change } = asking()
    for (let i = 0; i < 3; i++) expect(await of(bearer('a'), identify)).toEqual(somebody)
    expect(counted.asked).toBe(1)
    await of(bearer('b'), identify)
    await of(new Headers({ cookie: 'Bearer a' }), identify)
    expect(counted.asked).toBe(3)
    await change()
    await of(bearer('a'), identify)
    expect(counted.asked).toBe(4)
    clock.now = 1_000
    await of(bearer('a'), identify)
    expect(counted.asked).toBe(5)
  })

  it('does not keep an answer that a change overtook, nor one of before a change that failed', async () => {
    const { database, of, counted, identify, change } = asking()
    await of(bearer('a'), async () => {
      await change()
      return { ...somebody }
    })
    await of(bearer('a'), identify)
    expect(counted.asked).toBe(1)
    const failing = async () => {
      throw new Error('after the change')
    }
    await expect(database.identity(failing)).rejects.toThrow('after the change')
    await of(bearer('a'), identify)
    expect(counted.asked).toBe(2)
  })

  it('asks once for calls at the same moment, and again after it could not be asked', async () => {
    const { of, counted, identify } = asking()
    const failing = () => Promise.reject(new Error('the database is away'))
    await expect(of(bearer('a'), failing)).rejects.toThrow('away')
    expect(await Promise.all([of(bearer('a'), identify), of(bearer('a'), identify)])).toEqual([somebody, somebody])
    expect(counted.asked).toBe(1)
  })

  it('never remembers nobody, and asks for nobody without a credential', async () => {
    const { of } = asking()
    let asked = 0
    const nobody = async () => {
      asked++
      return null
    }
    for (let i = 0; i < 2; i++) expect(await of(bearer('x'), nobody)).toBeNull()
    expect(asked).toBe(2)
    expect(await of(new Headers(), nobody)).toBeNull()
    expect(asked).toBe(2)
  })

  it('asks at every call where other processes write to the database', async () => {
    const { of, counted, identify } = asking('postgres')
    for (let i = 0; i < 3; i++) await of(bearer('a'), identify)
    expect(counted.asked).toBe(3)
  })
})

describe('what was ended is refused by the very next call [ASVS 5.0 V7.4.1, V8.3.2]', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia.stop())
  const profile = async (token: string) => (await aia.call('GET', 'auth/profile', undefined, { token })).status
  const own = 'a password of my own'
  async function signIn(email: string): Promise<string> {
    const answer = await aia.call('POST', 'auth/login', { email, password: own }, { token: null })
    return ((await answer.json()) as { access_token: string }).access_token
  }
  async function join(email: string): Promise<void> {
    const { link } = await aia.json<{ link: string }>('POST', 'auth/invitations', { email, role: 'analyst' })
    const answer = { token: new URL(link).hash.slice(1), name: 'Ada', password: own }
    expect((await aia.call('POST', 'auth/invitations/accept', answer, { token: null })).status).toBe(200)
  }

  it('a logged-out token, an ended session, a revoked key, a suspended and a demoted person', async () => {
    const email = 'ada@example.com'
    await join(email)
    const [mine, other, last] = [await signIn(email), await signIn(email), await signIn(email)]
    for (const token of [mine, mine, other, last]) expect(await profile(token)).toBe(200)
    await aia.call('POST', 'auth/logout', {}, { token: mine })
    expect([await profile(mine), await profile(other)]).toEqual([401, 200])
    await aia.call('POST', 'auth/sessions/end-others', {}, { token: last })
    expect([await profile(other), await profile(last)]).toEqual([401, 200])

    const made = await aia.json<{ key: string; item: { id: string } }>('POST', 'auth/api-keys', {
      name: 'a',
      scopes: ['profile.read', 'knowledge.read'],
    })
    expect([await profile(made.key), await profile(made.key)]).toEqual([200, 200])
    await aia.json('DELETE', `auth/api-keys/${made.item.id}`)
    expect(await profile(made.key)).toBe(401)

    const { items } = await aia.json<{ items: { id: string; email: string }[] }>('GET', 'auth/people')
    const id = items.find((person) => person.email === email)?.id
    const status = async () => (await aia.call('GET', 'neural/status', undefined, { token: last })).status
    expect([await status(), await status()]).toEqual([200, 200])
    await aia.json('PUT', `auth/people/${id}/role`, { role: 'partner' })
    expect(await status()).toBe(403)
    await aia.json('POST', `auth/people/${id}/suspend`)
    expect(await status()).toBe(401)
  })
})
