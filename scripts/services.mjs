// npm run services -- up|down|status|env [name…]: real servers on 127.0.0.1, without Docker.
//   up      installs what is missing (Debian's packages, jars of Maven Central), makes and starts the servers; what runs already stays
//   down    stops them; their data stays
//   status  says what runs; exit code 1 when something named does not
//   env     prints the lines that point AIA at them: eval "$(npm run --silent services -- env)"
// A service is one file under scripts/services/ and one entry here.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from './command.mjs'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { freePort } from './ports.mjs'
import { neo4j } from './services/neo4j.mjs'
import { postgres } from './services/postgres.mjs'
import { isPortFree, servicesDir } from './services/process.mjs'
import { redis } from './services/redis.mjs'

const services = { postgres, redis, neo4j }
const verbs = { up, down, status, env }

// What was made up once, ports and passwords: for this user's eyes only.
const settingsFile = join(servicesDir, 'settings.json')
const readSettings = () => JSON.parse(readText(settingsFile) || '{}')

function keepSettings(name, own) {
  writeFileSync(settingsFile, `${JSON.stringify({ ...readSettings(), [name]: own }, null, 2)}\n`, { mode: 0o600 })
}

const settingsOf = (name) => readSettings()[name]
const isRunning = async (name) => Boolean(settingsOf(name)) && (await services[name].isRunning(settingsOf(name)))

async function up(names) {
  mkdirSync(servicesDir, { recursive: true, mode: 0o711 })
  await withLock(join(servicesDir, 'lock'), async () => {
    for (const name of names) {
      if (!(await isRunning(name))) {
        const before = settingsOf(name) ?? { port: await freePort(), ...services[name].secrets() }
        const own = (await isPortFree(before.port)) ? before : { ...before, port: await freePort() }
        keepSettings(name, own)
        await services[name].start(own)
      }
      console.log(`${name} runs on 127.0.0.1:${settingsOf(name).port}`)
    }
  })
}

async function down(names) {
  for (const name of names) {
    if (await isRunning(name)) await services[name].stop(settingsOf(name))
    console.log(`${name} is stopped`)
  }
}

async function status(names) {
  for (const name of names) {
    const running = await isRunning(name)
    console.log(`${name.padEnd(10)} ${running ? `running on 127.0.0.1:${settingsOf(name).port}` : 'stopped'}`)
    if (!running) process.exitCode = 1
  }
}

async function env(names, asked) {
  for (const name of names) {
    if (!(await isRunning(name))) {
      if (asked) throw new SetupFailure(`${name} is not running.`, { advice: [`Start it: npm run services -- up ${name}`] })
      continue
    }
    for (const [key, value] of Object.entries(services[name].variables(settingsOf(name)))) console.log(`export ${key}='${value}'`)
  }
}

try {
  const [verb = '', ...asked] = process.argv.slice(2)
  const usage = [`Use: npm run services -- ${Object.keys(verbs).join('|')} [${Object.keys(services).join('|')}]`]
  if (!(verb in verbs)) throw new SetupFailure(verb ? `There is no "${verb}".` : 'What to do with the services?', { advice: usage })
  const unknown = asked.find((name) => !(name in services))
  if (unknown !== undefined) throw new SetupFailure(`There is no service "${unknown}".`, { advice: usage })
  await verbs[verb](asked.length > 0 ? asked : Object.keys(services), asked.length > 0)
} catch (error) {
  reportAndExit(error)
}
