import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, it } from 'vitest'
import { seededRandom } from '../../neural/ranking/random.ts'
import { asServerOwner, cutEverybody, newPostgres, withoutPostgres } from '../../testing/postgres.ts'
import { startInstallation } from '../../testing/runtime.ts'

beforeEach((context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
})

it('recovers by itself when PostgreSQL goes away in the middle of a load, and loses nothing it acknowledged', async () => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
  console.info(`outage seed ${seed}`)
  const random = seededRandom(seed)
  const place = await newPostgres()
  const aia = await startInstallation({ DATABASE_URL: place.url })
  const isReady = async () => (await aia.runtime.parts()).database?.ready
  const until = async (ready: boolean) => {
    for (let i = 0; i < 600 && (await isReady()) !== ready; i++) await sleep(50)
    expect(await isReady()).toBe(ready)
  }
  expect((await aia.runtime.parts()).database).toMatchObject({ adapter: 'postgres', ready: true })
  // As a client does: what is not available is asked for again, a change under the same key.
  async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': `outage-${random()}` } : {}
    for (;;) {
      if (path === 'neural/sources' && method === 'POST') sent++
      const response = await aia.call(method, path, body, { headers })
      if (response.status !== 503) {
        expect(response.status, `${method} ${path}: ${await response.clone().text()}`).toBeLessThan(300)
        return (await response.json()) as Record<string, unknown>
      }
      await sleep(200)
    }
  }
  await aia.add('Leave policy', 'Every employee receives 28 days of paid leave per year.')
  const acknowledged: string[] = []
  let sent = 0
  let isOver = false
  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let n = 0; !isOver; n++) {
      if (random() < 0.3) {
        const content = `The lamp number ${client}-${n} stands in room ${client * 1_000 + n}.`
        acknowledged.push((await call('POST', 'neural/sources', { title: `Lamp ${client}-${n}`, content, content_type: 'text/plain' })).id as string)
      } else if (random() < 0.5) {
        const { status } = await call('POST', 'neural/process', { data: { question: 'How many days of paid leave does an employee receive?' } })
        expect(status).toBe('answered')
      } else await call('GET', 'neural/sources')
      await sleep(20)
    }
  })
  const load = Promise.all(clients)
  // It is awaited below; until then a failure only ends it.
  load.catch(() => {
    isOver = true
  })
  for (let outage = 0; outage < 3; outage++) {
    await sleep(500 + random() * 1_000)
    await asServerOwner(`alter database ${place.name} connection limit 0`)
    await cutEverybody(place.name)
    await until(false)
    await sleep(random() * 1_000)
    await asServerOwner(`alter database ${place.name} connection limit -1`)
    await until(true)
  }
  await sleep(500)
  isOver = true
  await load
  expect(acknowledged.length).toBeGreaterThan(0)
  for (const id of acknowledged) expect(await aia.settled(id)).toBe('ready')
  // Of a call that got no answer nobody knows, so there may be more than was acknowledged, but nothing half done.
  const { counts } = await aia.json<{ counts: { ready: number } }>('GET', 'neural/sources')
  expect(counts).toMatchObject({ queued: 0, processing: 0, failed: 0 })
  expect(counts.ready).toBeGreaterThan(acknowledged.length)
  expect(counts.ready).toBeLessThanOrEqual(sent + 1)
  await aia.stop()
  await place.drop()
})
