// Measures what the gateway costs over an empty route handler of Next, on the built server: `npm run bench:gateway [requests a round]`.
// CPU time of the server's process, from /proc, for the same number of requests; the two are asked in turn, and the median round counts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { Agent, request } from 'undici'
import { startStandalone } from '../scripts/standalone.mjs'

const rounds = 7
/** All rounds together must stay below the limit of 10,000 calls an hour. */
const requestsARound = Number(process.argv[2] ?? 1_000)
const connections = 8
const aimMs = 0.4
/** USER_HZ is 100 on every Linux that Node runs on. */
const tickMs = 10

function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
const rounded = (value: number) => Math.round(value * 1_000) / 1_000

const server = await startStandalone({ AIA_STARTER: 'off' })
const { pid } = server
if (pid === undefined) throw new Error('The server has no process id.')
const dispatcher = new Agent({ connections })
try {
  const signedIn = await fetch(`${server.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: server.email, password: server.password }),
  })
  const { access_token: token } = (await signedIn.json()) as { access_token: string }
  const authorization = `Bearer ${token}`

  /** CPU-ms of the server a request. */
  async function measure(path: string, headers: Record<string, string>, expected: number): Promise<number> {
    let left = requestsARound
    const before = cpuMs(pid as number)
    const ask = async () => {
      while (left-- > 0) {
        const { statusCode, body } = await request(server.url + path, { dispatcher, headers })
        await body.dump()
        if (statusCode !== expected) throw new Error(`${path} answered ${statusCode}`)
      }
    }
    await Promise.all(Array.from({ length: connections }, ask))
    return (cpuMs(pid as number) - before) / requestsARound
  }

  const cases: Record<string, () => Promise<number>> = {
    // A route handler that only answers.
    empty: () => measure('/health', {}, 200),
    // Identified, limited, permitted, parsed, checked, encoded and logged; the operation itself reads nothing.
    profile: () => measure('/api/v1/auth/profile', { authorization }, 200),
  }
  // Once before anything counts: the compiler warms up.
  for (const measureOnce of Object.values(cases)) await measureOnce()
  const seen: Record<string, number[]> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, measureOnce] of Object.entries(cases)) seen[name] = [...(seen[name] ?? []), await measureOnce()]

  const [empty, profile] = [median(seen.empty as number[]), median(seen.profile as number[])]
  const gateway = (seen.profile as number[]).map((value, round) => value - ((seen.empty as number[])[round] as number))
  const result = {
    command: `npm run bench:gateway ${requestsARound}`,
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memory_gb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      load_at_end: rounded(loadavg()[0] as number),
    },
    rounds,
    requests_a_round: requestsARound,
    cpu_ms_a_request: { empty_route: rounded(empty), operation_behind_the_gateway: rounded(profile), gateway: rounded(median(gateway)) },
    gateway_by_round: gateway.map(rounded),
    aim_cpu_ms: aimMs,
    reached: median(gateway) <= aimMs,
  }
  mkdirSync('bench/results', { recursive: true })
  writeFileSync('bench/results/gateway.json', `${JSON.stringify(result, null, 2)}\n`)
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
} finally {
  await dispatcher.close()
  await server.stop()
}
