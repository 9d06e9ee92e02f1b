import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readEnv } from '../env.ts'
import { lockFolder } from '../storage/database/lock.ts'
import { openInfluxSeries } from '../storage/timeseries/influxdb.ts'
import { influxAddress } from '../storage/timeseries/influxdb-address.ts'
import { openSeries } from '../storage/timeseries/open.ts'
import type { TimeSeries } from '../storage/timeseries/port.ts'
import { freePort } from './ports.ts'

/** Why tests with a real InfluxDB cannot run here, or null. */
export const influxMissing: string | null = (() => {
  try {
    execFileSync('influxd', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs influxd, which is not installed (Debian: apt-get install influxdb)'
  }
})()

const password = 'p:ss/w@rd'

export interface TestInflux {
  /** Address of a database of its own name, made by whoever writes first. */
  url: string
  /** A statement by the owner of the server; gives the rows of its first series. */
  ask(statement: string): Promise<(string | number)[][]>
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again on the same port and folder, after `kill`. */
  start(): Promise<void>
  /** Lets it keep its connections and answer nothing, and answer again. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** An InfluxDB of the test's own on a free port of 127.0.0.1, with one user. */
export async function startInflux(): Promise<TestInflux> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-influxdb-'))
  const port = await freePort()
  const file = join(folder, 'influxdb.conf')
  await writeFile(
    file,
    `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
auth-enabled = true
log-enabled = false
[monitor]
store-enabled = false
`,
  )
  let child: ChildProcess
  let gone: Promise<unknown>

  async function ask(statement: string): Promise<(string | number)[][]> {
    const response = await fetch(`http://127.0.0.1:${port}/query?db=aia_metrics`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`aia:${password}`).toString('base64')}` },
      body: new URLSearchParams({ q: statement }),
    })
    const { results, error } = (await response.json()) as {
      results?: { series?: { values: (string | number)[][] }[]; error?: string }[]
      error?: string
    }
    if (error ?? results?.[0]?.error) throw new Error(error ?? results?.[0]?.error)
    return results?.[0]?.series?.[0]?.values ?? []
  }
  async function answers(): Promise<boolean> {
    return ask('SHOW DATABASES').then(
      () => true,
      () => false,
    )
  }
  async function start(): Promise<void> {
    child = spawn('influxd', ['run', '-config', file], { stdio: 'ignore' })
    gone = new Promise((resolve) => child.once('exit', resolve))
    while (!(await answers())) {
      if (child.exitCode !== null) throw new Error(`influxd ended with ${child.exitCode}.`)
      await ask(`CREATE USER aia WITH PASSWORD '${password}' WITH ALL PRIVILEGES`).catch(() => [])
      await sleep(50)
    }
  }
  async function kill(): Promise<void> {
    child.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    url: `http://aia:${encodeURIComponent(password)}@127.0.0.1:${port}/aia_metrics`,
    ask,
    kill,
    start,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const { influxUrl } = readEnv()

/** Why a suite cannot have a database of InfluxDB, or null. */
export const influxDatabaseMissing = influxUrl ? null : influxMissing

/** A database of the suite's own: on a server of its own, or, where none can be started, on that of INFLUXDB_URL. */
export async function ownInfluxDatabase(): Promise<{ url: string; stop(): Promise<void> }> {
  if (!influxMissing || !influxUrl) return startInflux()
  const { protocol, host, port, credentials } = influxAddress(influxUrl)
  const name = `aia_test_${randomBytes(6).toString('hex')}`
  const url = new URL(influxUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async stop() {
      const { username = '', password: word = '' } = credentials ?? {}
      await fetch(`${protocol}://${host}:${port}/query`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${username}:${word}`).toString('base64')}` },
        body: new URLSearchParams({ q: `DROP DATABASE "${name}"` }),
      })
    },
  }
}

/** Time series as the runtime opens them, and what their watcher was told. */
export async function openTestSeries(url: string, root: string, maxBytes?: number): Promise<{ series: TimeSeries; told: string[] }> {
  const told: string[] = []
  const watcher = {
    away: () => void told.push('away'),
    back: () => void told.push('back'),
    dropped: (points: number) => void told.push(`dropped ${points}`),
  }
  const bound = maxBytes === undefined ? {} : { maxBytes }
  return { series: await openSeries(await openInfluxSeries(url), { root, lock: lockFolder, watcher, ...bound }), told }
}
