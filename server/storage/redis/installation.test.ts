import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createLogger } from '../../gateway/log.ts'
import { connectRedis, redisMissing, startRedis, type TestConnection, type TestRedis } from '../../testing/redis.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { until } from '../../testing/until.ts'

let server: TestRedis
let aia: TestInstallation
let redis: TestConnection
const lines: string[] = []
beforeAll(async () => {
  if (redisMissing) return
  server = await startRedis()
  redis = await connectRedis([server.url])
  const log = createLogger('info', { write: (line) => void lines.push(line) })
  aia = await startInstallation({ REDIS_URL: server.url }, undefined, log)
  await aia.add('Leave policy', '# Leave\n\nEvery employee receives 28 days of paid leave per year.')
})
afterAll(async () => {
  await aia?.stop()
  await redis?.close()
  await server?.stop()
})
beforeEach((context) => {
  if (redisMissing) context.skip(redisMissing)
})

interface Result {
  cached: boolean
  answer: string
  input_hash: string
}
const ask = () => aia.json<Result>('POST', 'neural/process', { data: { question: 'How many days of leave are there?' } })
const store = async () => (await aia.json<{ store: object }>('GET', 'gateway/limits')).store
const used = async (operation: string) => {
  const { items } = await aia.json<{ items: { operation: string; used: number }[] }>('GET', 'gateway/limits')
  return items.find((item) => item.operation === operation)?.used
}
const said = (text: string) => lines.filter((line) => line.includes(text)).length

it('keeps answers under neural:{input_hash} for an hour, and none of what does not look like one', async () => {
  const first = await ask()
  expect([first.cached, (await ask()).cached]).toEqual([false, true])
  const key = `neural:${first.input_hash}`
  const ttlMs = await redis.run((client) => client.pttl(key))
  expect(ttlMs).toBeGreaterThan(0)
  expect(ttlMs).toBeLessThanOrEqual(3_600_000)
  for (const other of ['{"result":{}}', 'not JSON']) {
    await redis.run((client) => client.set(key, other))
    expect(await ask()).toMatchObject({ cached: false, answer: first.answer })
  }
})

it('counts calls in Redis, where nobody’s address or account stands in clear', async () => {
  await aia.call('POST', 'auth/login', { email: 'somebody@example.com', password: 'wrong password' }, { token: null })
  const before = await used('neural.status')
  await aia.call('GET', 'neural/status')
  expect(await used('neural.status')).toBe((before ?? 0) + 1)
  const keys = await redis.run((client) => client.keys('*'))
  expect(keys.filter((key) => key.startsWith('limit:')).length).toBeGreaterThan(2)
  expect(keys.filter((key) => /somebody|example|127\.0\.0\.1/.test(key))).toEqual([])
})

it('goes on when Redis is lost, says so, and uses it again by itself', async () => {
  const up = { adapter: 'redis', ready: true, state: 'up' }
  const degraded = { adapter: 'redis', ready: true, state: 'degraded' }
  expect(await aia.runtime.parts()).toMatchObject({ cache: up, limits: up, database: { ready: true, state: 'up' } })
  await aia.call('GET', 'neural/status')
  const before = (await used('neural.status')) ?? 0
  await server.kill()
  for (let i = 0; i < 3; i++) {
    expect((await ask()).answer).toContain('28 days')
    const response = await aia.call('GET', 'neural/status')
    expect([response.status, response.headers.get('ratelimit-remaining')]).toEqual([200, String(10_000 - before - i - 1)])
  }
  expect(await used('neural.status')).toBe(before + 3)
  expect(await store()).toEqual({ adapter: 'redis', away: true })
  expect(await aia.runtime.parts()).toMatchObject({ cache: degraded, limits: degraded, database: { ready: true } })
  await server.start()
  await until(async () => (await aia.runtime.parts()).cache?.state === 'up')
  await ask()
  expect((await ask()).cached).toBe(true)
  expect(await store()).toEqual({ adapter: 'redis', away: false })
  expect([said('Redis is away'), said('Redis is back'), said('"level":"error"')]).toEqual([1, 1, 0])
})
