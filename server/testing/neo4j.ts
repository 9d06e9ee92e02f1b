import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readEnv } from '../env.ts'
import { type Neo4jAddress, type Neo4jConnection, openNeo4j } from '../storage/graph/neo4j-connection.ts'

const { neo4j } = readEnv()

/** Why tests on Neo4j cannot run here, or null. */
export const withoutNeo4j = neo4j ? null : 'no NEO4J_URL: npm run services -- up neo4j, then eval "$(npm run --silent services -- env)"'

/** The Neo4j of NEO4J_URL. Tests share it, but never an enterprise. */
export const sharedNeo4j = (): Neo4jAddress => neo4j as Neo4jAddress

/** Nobody waits for a test, and a Neo4j that has just started on a busy machine plans its first queries for many seconds. */
const patient = { connectMs: 60_000, readMs: 120_000, writeMs: 120_000 }

/** A connection as the runtime opens it, which waits longer unless it is told not to. */
export interface TestNeo4j extends Neo4jConnection {
  /** What its watcher was told. */
  told: string[]
}

export async function connectNeo4j(address = sharedNeo4j(), limits = patient): Promise<TestNeo4j> {
  const told: string[] = []
  const connection = await openNeo4j(address, { away: () => void told.push('away'), back: () => void told.push('back') }, limits)
  return Object.assign(connection, { told })
}

/** Takes what an enterprise has in Neo4j away. */
export async function forgetInNeo4j(connection: Neo4jConnection, enterpriseId: string): Promise<void> {
  await connection.write(async (cypher) => {
    await cypher('MATCH (a:KnowledgeAtom {enterprise_id: $id}) DETACH DELETE a', { id: enterpriseId })
    await cypher('MATCH (e:Enterprise {id: $id}) DETACH DELETE e', { id: enterpriseId })
  })
}

/** The shared Neo4j behind a door that can be shut, as when its machine is lost, or made silent with its connections open. */
export async function behindDoor(): Promise<{
  address: Neo4jAddress
  shut(): Promise<void>
  open(): Promise<void>
  silence(): void
  stop(): Promise<void>
}> {
  const { hostname, port } = new URL(sharedNeo4j().url)
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let number = 0
  async function open(): Promise<void> {
    server = createServer((socket) => {
      const behind = connect(Number(port || 7687), hostname)
      for (const [end, other] of [
        [socket, behind],
        [behind, socket],
      ] as const) {
        sockets.add(end)
        end.pipe(other)
        end
          .on('error', () => {})
          .on('close', () => {
            sockets.delete(end)
            other.destroy()
          })
      }
    })
    await new Promise<void>((resolve) => server?.listen(number, '127.0.0.1', resolve))
    number = (server.address() as { port: number }).port
  }
  async function shut(): Promise<void> {
    const closed = new Promise((resolve) => server?.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await open()
  return {
    address: { ...sharedNeo4j(), url: `bolt://127.0.0.1:${number}` },
    shut,
    open,
    silence() {
      for (const socket of sockets) {
        socket.unpipe()
        socket.pause()
      }
    },
    stop: shut,
  }
}

export interface OwnNeo4j {
  address: Neo4jAddress
  /** Ends it as a crash does. */
  kill(): void
  /** Starts it again on its port with what it held. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** A Neo4j of the test's own, which may be killed. It takes half a minute to start. */
export async function startNeo4j(): Promise<OwnNeo4j> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-neo4j-'))
  const services = async (verb: string): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/services.mjs', verb, 'neo4j'], {
      env: { ...process.env, AIA_SERVICES_DIR: folder },
    })
    return stdout
  }
  await services('up')
  const variables = Object.fromEntries([...(await services('env')).matchAll(/export (\w+)='(.*)'/g)].map(([, name, value]) => [name, value]))
  return {
    address: { url: variables.NEO4J_URL ?? '', user: variables.NEO4J_USER ?? '', password: variables.NEO4J_PASSWORD ?? '' },
    kill: () => void process.kill(Number(readFileSync(join(folder, 'neo4j', 'pid'), 'utf8')), 'SIGKILL'),
    start: async () => void (await services('up')),
    async stop() {
      await services('down')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
