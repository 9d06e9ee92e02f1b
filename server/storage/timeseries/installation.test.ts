import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createLogger } from '../../gateway/log.ts'
import { influxMissing, startInflux, type TestInflux } from '../../testing/influxdb.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { until } from '../../testing/until.ts'

let influx: TestInflux
let aia: TestInstallation
const lines: string[] = []
beforeAll(async () => {
  if (influxMissing) return
  influx = await startInflux()
  const log = createLogger('info', { write: (line) => void lines.push(line) })
  aia = await startInstallation({ INFLUXDB_URL: influx.url }, undefined, log)
})
afterAll(async () => {
  await aia?.stop()
  await influx?.stop()
})
beforeEach((context) => {
  if (influxMissing) context.skip(influxMissing)
})

const part = async () => (await aia.runtime.parts()).timeseries
const said = (text: string) => lines.filter((line) => line.includes(text)).length

/** Calls of an operation that InfluxDB has counted. */
async function counted(operation: string): Promise<number> {
  const [row] = await influx.ask(`SELECT SUM("value") FROM enterprise_usage WHERE "operation" = '${operation}'`)
  return Number(row?.[1] ?? 0)
}

it('measures calls without a write each, by operation and outcome and nothing personal', async () => {
  for (let i = 0; i < 5; i++) await aia.call('GET', 'auth/profile')
  await aia.call('GET', 'auth/profile', undefined, { token: null })
  await aia.call('GET', 'neural/sources/00000000-0000-4000-8000-000000000000')
  await aia.call('GET', 'no/such/path')
  expect(await counted('auth.profile')).toBe(0)
  await aia.runtime.services.measurements.flush()
  expect([await counted('auth.profile'), await counted('neural.getSource'), await counted('unknown')]).toEqual([6, 1, 1])
  const points = await influx.ask(`SELECT * FROM enterprise_usage WHERE "operation" = 'auth.profile'`)
  expect(points).toHaveLength(2)
  const everything = JSON.stringify([await influx.ask('SELECT * FROM enterprise_usage'), await influx.ask('SELECT * FROM system_performance')])
  expect(everything).not.toMatch(/owner|example\.com|127\.0\.0\.1|00000000-0000/)
})

it('goes on when InfluxDB is lost, says so, keeps what is measured and sends it by itself', async () => {
  expect(await part()).toEqual({ adapter: 'influxdb', ready: true, state: 'up', buffered: 0, dropped: 0 })
  const before = await counted('auth.profile')
  await influx.kill()
  for (let round = 0; round < 3; round++) {
    expect((await aia.call('GET', 'auth/profile')).status).toBe(200)
    await aia.runtime.services.measurements.flush()
  }
  const away = await part()
  expect(away).toMatchObject({ adapter: 'influxdb', ready: true, state: 'degraded', dropped: 0 })
  expect(away?.buffered).toBeGreaterThanOrEqual(3)
  await influx.start()
  await until(async () => (await part())?.buffered === 0)
  expect(await counted('auth.profile')).toBe(before + 3)
  expect((await part())?.state).toBe('up')
  expect([said('The time series are away'), said('The time series are back'), said('"level":"error"')]).toEqual([1, 1, 0])
})

it('does not start with an address that is wrong, and says which in one line without the password', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aia-series-'))
  const wrong = [
    influx.url.replace(/aia:[^@]*@/, 'aia:hush-hush@'),
    influx.url.replace(/aia:[^@]*@/, ''),
    'http://aia:hush-hush@127.0.0.1:1/aia_metrics',
    'http://aia:hush-hush@no-such-host.invalid:8086/aia_metrics',
  ]
  for (const INFLUXDB_URL of wrong) {
    const error: Error = await startInstallation({ INFLUXDB_URL }, folder).catch((thrown) => thrown)
    expect(error.message).toMatch(/^AIA cannot start: INFLUXDB_URL: no InfluxDB can be used at [\w.-]+:\d+ \(.+\)\.$/)
    expect(error.message).not.toMatch(/hush|\n/)
  }
  await rm(folder, { recursive: true })
})
