// Three Redis masters that share the slots of one cluster.
import { join } from 'node:path'
import { newPassword, runProgram, servicesDir, untilTrue } from './process.mjs'
import { addressOf, askRedis, isRedisRunning, startRedis } from './redis.mjs'

/** Beside its own port each master takes one for the talk of the nodes. */
const mastersOf = ({ port, password }) => [0, 1, 2].map((index) => ({ port: port + index, busPort: port + 3 + index, password }))

/** Whether every master says so, and knows where the others are. */
function isWhole(settings) {
  const masters = mastersOf(settings)
  return masters.every((master) => {
    const nodes = askRedis(master, 'cluster', 'nodes')
    return askRedis(master, 'cluster', 'info').includes('cluster_state:ok') && masters.every(({ port }) => nodes.includes(`:${port}@`))
  })
}

export const redisCluster = {
  byNameOnly: true,
  portsOf: (port) => mastersOf({ port }).flatMap((master) => [master.port, master.busPort]),
  secrets: () => ({ password: newPassword() }),
  variables: (settings) => ({ REDIS_URL: mastersOf(settings).map(addressOf).join(',') }),
  isRunning: async (settings) => isWhole(settings),
  hasProcesses: async (settings) => mastersOf(settings).some(isRedisRunning),
  async start(settings) {
    const masters = mastersOf(settings)
    for (const [index, master] of masters.entries()) {
      if (isRedisRunning(master)) continue
      const more = { masterauth: master.password, 'cluster-enabled': 'yes', 'cluster-port': master.busPort, 'cluster-node-timeout': 2_000 }
      await startRedis(master, join(servicesDir, 'redis-cluster', String(index)), more)
    }
    const [first] = masters
    // A cluster that was stopped finds itself again; one whose ports have changed is told where its nodes are now.
    const isNew = askRedis(first, 'cluster', 'info').includes('cluster_known_nodes:1')
    const places = masters.map(({ port }) => `127.0.0.1:${port}`)
    const create = ['--cluster', 'create', ...places, '--cluster-replicas', '0', '--cluster-yes']
    if (isNew) runProgram('redis-cli', create, { env: { REDISCLI_AUTH: first.password } })
    else for (const { port, busPort } of masters) askRedis(first, 'cluster', 'meet', '127.0.0.1', String(port), String(busPort))
    await untilTrue(() => isWhole(settings), { seconds: 30, failure: 'The Redis Cluster did not come together' })
  },
  async stop(settings) {
    for (const master of mastersOf(settings)) askRedis(master, 'shutdown')
  },
}
