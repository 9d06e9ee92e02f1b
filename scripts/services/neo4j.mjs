// Neo4j Community from Maven Central, without its server package: the jars that Maven keeps, and a Java to run them.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines, readText } from '../command.mjs'
import { SetupFailure } from '../failure.mjs'
import { freePort } from '../ports.mjs'
import { installPackages, newPassword, runProgram, servicesDir } from './process.mjs'

const version = '5.26.30'
const folder = join(servicesDir, 'neo4j')
const home = join(folder, 'home')
const log = join(folder, 'log')
const pidFile = join(folder, 'pid')
const classPathFile = join(folder, `classpath-${version}`)
// Written when the first password, which everybody knows, is no longer good.
const mark = join(folder, 'prepared')

const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>aia</groupId><artifactId>neo4j-run</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>${version}</version></dependency></dependencies>
</project>
`

const has = (program, flag) => runProgram(program, [flag], { mayFail: true }).ok

/** Paths of the jars. Maven is asked only where one of them is missing: what it has fetched once stays in its own folder (~/.m2). */
function classPath() {
  const known = readText(classPathFile).trim()
  if (known !== '' && known.split(delimiter).every((jar) => existsSync(jar))) return known
  if (!has('mvn', '-v')) installPackages('maven')
  console.log(`Fetching Neo4j ${version}`)
  const pom = join(folder, 'pom.xml')
  writeFileSync(pom, project)
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath'
  runProgram('mvn', ['-q', '-B', '-f', pom, goal, '-DincludeScope=runtime', `-Dmdep.outputFile=${classPathFile}`])
  return readText(classPathFile).trim()
}

/** For a machine that does other things too: small memory, small logs. */
function configuration(port, httpPort) {
  return `server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.http.enabled=${httpPort !== null}
server.http.listen_address=127.0.0.1:${httpPort ?? 0}
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
server.memory.pagecache.size=64m
db.tx_log.preallocate=false
db.tx_log.rotation.size=16m
db.tx_log.rotation.retention_policy=1 files
`
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => resolve(false))
  })
}

/** The process of ours, not another that has its number now. */
function pid() {
  const number = readText(pidFile).trim()
  if (!number) return null
  const { ok, output } = runProgram('ps', ['-o', 'command=', '-p', number], { mayFail: true })
  return ok && output.includes(home) ? Number(number) : null
}

async function waitFor(what, holds, seconds) {
  for (let i = 0; i < seconds * 10; i++) {
    if (await holds()) return
    await sleep(100)
  }
  throw new SetupFailure(`Neo4j ${what} within ${seconds} s.`, { details: lastLines(readText(log)) })
}

/** Replaces the password of a new Neo4j by its own HTTP door, which is closed afterwards: nothing of it stands in a list of processes. */
async function changePassword(httpPort, password) {
  const statement = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password"
  const response = await fetch(`http://127.0.0.1:${httpPort}/db/system/tx/commit`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('neo4j:neo4j').toString('base64')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ statements: [{ statement, parameters: { password } }] }),
  })
  const { errors } = await response.json()
  if (errors?.length) throw new SetupFailure('Neo4j did not take its password.', { details: [errors[0].message] })
  writeFileSync(mark, '')
}

async function run(port, httpPort) {
  mkdirSync(join(home, 'conf'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'conf', 'neo4j.conf'), configuration(port, httpPort))
  // The list of jars is too long for some systems' command lines.
  const argumentsFile = join(folder, 'java-arguments')
  writeFileSync(argumentsFile, `-cp "${classPath()}"\n`)
  const opens = ['java.nio', 'java.io', 'sun.nio.ch'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`)
  const memory = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError']
  const words = [...memory, ...opens, `@${argumentsFile}`, 'org.neo4j.server.CommunityEntryPoint']
  const output = openSync(log, 'w', 0o600)
  const child = spawn('java', [...words, `--home-dir=${home}`, `--config-dir=${join(home, 'conf')}`, '--console-mode'], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
  })
  child.on('error', () => {}) // waitFor says that nothing runs
  child.unref()
  writeFileSync(pidFile, String(child.pid ?? ''))
  await waitFor(
    'did not start',
    async () => {
      if (!pid()) throw new SetupFailure('Neo4j ended while it started.', { details: lastLines(readText(log)) })
      return (await isListening(port)) && (httpPort === null || (await isListening(httpPort)))
    },
    90,
  )
}

export const neo4j = {
  secrets: () => ({ password: newPassword() }),
  variables: ({ port, password }) => ({ NEO4J_URL: `bolt://127.0.0.1:${port}`, NEO4J_USER: 'neo4j', NEO4J_PASSWORD: password }),
  isRunning: async ({ port }) => pid() !== null && (await isListening(port)),
  async start({ port, password }) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!has('java', '-version')) installPackages('default-jre-headless')
    if (existsSync(mark)) return run(port, null)
    // Half prepared is not prepared: it begins anew.
    rmSync(home, { recursive: true, force: true })
    const httpPort = await freePort()
    await run(port, httpPort)
    await changePassword(httpPort, password)
    await neo4j.stop()
    await run(port, null)
  },
  async stop() {
    const number = pid()
    if (number === null) return
    process.kill(number)
    await waitFor('did not end', () => pid() === null, 60)
  },
}
