// Run as a process of its own by timeseries/faults.test.ts, which kills it: starts while InfluxDB is away and writes a line for every point it has kept.
import { lockFolder } from '../storage/database/lock.ts'
import { connectInfluxSeries } from '../storage/timeseries/influxdb.ts'
import { openSeries } from '../storage/timeseries/open.ts'

const [url = '', root = '', enterpriseId = ''] = process.argv.slice(2)
const ignore = () => {}
const series = await openSeries(connectInfluxSeries(url), { root, lock: lockFolder, watcher: { away: ignore, back: ignore, dropped: ignore } })
for (;;) {
  await series.write([{ measurement: 'enterprise_usage', enterpriseId, tags: { metric: 'calls' }, value: 1, atMs: Date.now() }])
  process.stdout.write('kept\n')
}
