// npm run services -- up|down|status|env [name…]: real servers on 127.0.0.1, without Docker.
//   up      installs what is missing (Debian's packages, Maven Central, the Go proxy), makes and starts the servers; what runs already stays
//   down    stops them; their data stays
//   status  says what runs; exit code 1 when something named does not
//   env     prints the lines that point AIA at them: eval "$(npm run --silent services -- env)"
// Without a name: all but the services that stand in for another one. scripts/services/list.mjs names them.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from './command.mjs'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { freePort } from './ports.mjs'
import { services } from './services/list.mjs'
import { isPortFree, servicesDir } from './services/process.mjs'
import { projectDir } from './setup.mjs'

const verbs = { up, down, status, env }

// What was made up once, ports and passwords: for this user's eyes only.
const settingsFile = join(servicesDir, 'settings.json')
const readSettings = () => JSON.parse(readText(settingsFile) || '{}')

function keepSettings(name, own) {
  writeFileSync(settingsFile, `${JSON.stringify({ ...readSettings(), [name]: own }, null, 2)}\n`, { mode: 0o600 })
}

const settingsOf = (name) => readSettings()[name]
const isRunning = async (name) => Boolean(settingsOf(name)) && (await services[name].isRunning(settingsOf(name)))
const portsOf = (name, port) => services[name].portsOf?.(port) ?? [port]
const hasFreePorts = async (name, port) => (await Promise.all(portsOf(name, port).map(isPortFree))).every(Boolean)

/** Settings by which a service can start now: those it had, on other ports where somebody else has taken its own. */
async function startSettings(name) {
  const own = settingsOf(name) ?? { port: await freePort(), ...services[name].secrets() }
  const others = Object.entries(readSettings()).flatMap(([other, { port }]) => (other === name ? [] : portsOf(other, port)))
  while (!(await hasFreePorts(name, own.port)) || portsOf(name, own.port).some((port) => others.includes(port))) own.port = await freePort()
  return own
}

function start(name) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(projectDir, 'scripts', 'services', 'start.mjs'), name], { stdio: ['pipe', 'inherit', 'inherit'] })
    child.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0))
    child.stdin.end(JSON.stringify(settingsOf(name)))
  })
}

async function up(names) {
  mkdirSync(servicesDir, { recursive: true, mode: 0o711 })
  const onWait = (pid) => console.log(`Another process starts services (${pid}); waiting for it.`)
  await withLock(
    join(servicesDir, 'lock'),
    async () => {
      const missing = []
      for (const name of names) if (!(await isRunning(name))) missing.push(name)
      for (const name of missing) keepSettings(name, await startSettings(name))
      const started = await Promise.all(missing.map(start))
      const failed = missing.filter((_, index) => !started[index])
      for (const name of names) if (!failed.includes(name)) console.log(`${name} runs on 127.0.0.1:${settingsOf(name).port}`)
      if (failed.length > 0) throw new SetupFailure(`Not started: ${failed.join(', ')}.`)
    },
    onWait,
  )
}

async function down(names) {
  for (const name of names) {
    const isLeft = services[name].hasProcesses ?? services[name].isRunning
    if (settingsOf(name) && (await isLeft(settingsOf(name)))) await services[name].stop(settingsOf(name))
    console.log(`${name} is stopped`)
  }
}

async function status(names) {
  for (const name of names) {
    const running = await isRunning(name)
    console.log(`${name.padEnd(14)} ${running ? `running on 127.0.0.1:${settingsOf(name).port}` : 'stopped'}`)
    if (!running) process.exitCode = 1
  }
}

async function env(names, asked) {
  let isAny = false
  for (const name of names) {
    if (!(await isRunning(name))) {
      if (asked) throw new SetupFailure(`${name} is not running.`, { advice: [`Start it: npm run services -- up ${name}`] })
      continue
    }
    isAny = true
    for (const [key, value] of Object.entries(services[name].variables(settingsOf(name)))) console.log(`export ${key}='${value}'`)
  }
  // To the eye of whoever hands this to `eval`, which sees nothing of it.
  if (!isAny) throw new SetupFailure('No service runs.', { advice: ['Start them: npm run services -- up'] })
}

try {
  const [verb = '', ...asked] = process.argv.slice(2)
  const all = Object.keys(services)
  const usage = [`Use: npm run services -- ${Object.keys(verbs).join('|')} [${all.join('|')}]`]
  if (!(verb in verbs)) throw new SetupFailure(verb ? `There is no "${verb}".` : 'What to do with the services?', { advice: usage })
  const unknown = asked.find((name) => !all.includes(name))
  if (unknown !== undefined) throw new SetupFailure(`There is no service "${unknown}".`, { advice: usage })
  const meant = all.filter((name) => verb === 'down' || !services[name].byNameOnly)
  await verbs[verb](asked.length > 0 ? asked : meant, asked.length > 0)
} catch (error) {
  reportAndExit(error)
}
