import { DBOS } from '@dbos-inc/dbos-sdk'
import { expect, it } from 'vitest'
import { startInstallation } from '../testing/runtime.ts'

it('alert rules are looked at by the clock every minute, as a durable job', async () => {
  const aia = await startInstallation()
  try {
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const { id } = await aia.json<{ id: string }>('POST', 'analytics/alert-rules', {
      name: 'Many',
      measurement: 'enterprise_usage',
      metric: 'calls',
      tags: { operation: 'test.clock' },
      condition: 'above',
      threshold: 10,
      window_seconds: 3_600,
    })
    const tags = { metric: 'calls', operation: 'test.clock' }
    const atMs = Date.now() - 120_000
    await aia.runtime.services.series.write([{ measurement: 'enterprise_usage', enterpriseId: enterprise.id, tags, value: 99, atMs }])
    expect((await DBOS.getSchedule('alert-rules'))?.schedule).toBe('* * * * *')
    await (await DBOS.triggerSchedule('alert-rules')).getResult()
    const { items } = await aia.json<{ items: object[] }>('GET', 'analytics/alert-rules')
    expect(items).toEqual([expect.objectContaining({ id, state: 'firing', value: 99 })])
  } finally {
    await aia.stop()
  }
})
