import { afterAll, beforeAll, expect, it } from 'vitest'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'

let aia: TestInstallation
beforeAll(async () => {
  aia = await startInstallation()
})
afterAll(() => aia.stop())

interface Limits {
  tier: string
  calls_per_hour: number
  items: { caller: { email: string }; operation: string; used: number; limit: number }[]
}

it('shows what callers have used of their limits, and goes on counting', async () => {
  for (let i = 0; i < 3; i++) await aia.json('GET', 'neural/status')
  const first = await aia.json<Limits>('GET', 'gateway/limits')
  const use = ({ items }: Limits) => items.find(({ operation }) => operation === 'neural.status')
  expect(first).toMatchObject({ tier: 'fortune_500', calls_per_hour: 10_000, store: { adapter: 'memory', away: false } })
  expect(use(first)).toMatchObject({ caller: { email: 'owner@example.com' }, used: 3, limit: 10_000 })
  await aia.json('GET', 'neural/status')
  expect(use(await aia.json<Limits>('GET', 'gateway/limits'))?.used).toBe(4)
})

it('shows the circuits of named endpoints, not where people let AIA download from', async () => {
  await aia.runtime.services.outbound.call('http://127.0.0.1:1/v1', {}).catch(() => undefined)
  await aia.runtime.services.outbound.download('http://127.0.0.1:1/', { maxBytes: 10, timeoutMs: 100 }).catch(() => undefined)
  expect(await aia.json('GET', 'gateway/targets')).toMatchObject({
    items: [{ target: 'http://127.0.0.1:1', state: 'closed', calls: 1, failures: 1 }],
  })
})
