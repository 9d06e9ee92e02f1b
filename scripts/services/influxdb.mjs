// InfluxDB 1.x of the distribution, with one user who may make the database and its retention policy.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endDaemon, installPackages, newPassword, runProgram, servicesDir, startDaemon, untilTrue } from './process.mjs'

const folder = join(servicesDir, 'influxdb')

/** The HTTP status of a statement, or 0 when nobody answers. By POST, so that no password stands in an address. */
async function ask({ port, password }, statement) {
  const answer = await fetch(`http://127.0.0.1:${port}/query`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`aia:${password}`).toString('base64')}` },
    body: new URLSearchParams({ q: statement }),
    signal: AbortSignal.timeout(2_000),
  }).catch(() => null)
  return answer?.status ?? 0
}

const configuration = ({ port }) => `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = "${join(folder, 'meta')}"
[data]
dir = "${join(folder, 'data')}"
wal-dir = "${join(folder, 'wal')}"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
auth-enabled = true
log-enabled = false
[monitor]
store-enabled = false
`

export const influxdb = {
  secrets: () => ({ password: newPassword() }),
  variables: ({ port, password }) => ({ INFLUXDB_URL: `http://aia:${password}@127.0.0.1:${port}/aia_metrics` }),
  isRunning: async (settings) => (await ask(settings, 'SHOW DATABASES')) === 200,
  async start(settings) {
    if (!runProgram('influxd', ['version'], { mayFail: true }).ok) installPackages('influxdb')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, 'influxdb.conf')
    writeFileSync(file, configuration(settings), { mode: 0o600 })
    startDaemon('influxd', ['run', '-config', file], folder)
    // Until there is a user, this one statement is allowed to anybody.
    const create = `CREATE USER aia WITH PASSWORD '${settings.password}' WITH ALL PRIVILEGES`
    const isThere = async () => (await influxdb.isRunning(settings)) || ((await ask(settings, create)) === 200 && influxdb.isRunning(settings))
    await untilTrue(isThere, { seconds: 20, failure: 'InfluxDB did not answer', log: join(folder, 'log') })
  },
  async stop(settings) {
    endDaemon(folder)
    await untilTrue(async () => (await ask(settings, 'SHOW DATABASES')) === 0, { seconds: 20, failure: 'InfluxDB did not stop' })
  },
}
