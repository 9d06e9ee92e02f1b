// Every service: one file beside this one and one entry here.
import { gcs } from './gcs.mjs'
import { influxdb } from './influxdb.mjs'
import { neo4j } from './neo4j.mjs'
import { postgres } from './postgres.mjs'
import { redis } from './redis.mjs'
import { redisCluster } from './redis-cluster.mjs'

/**
 * A service has
 *   secrets()            what is made up once, besides the port
 *   portsOf(port)        the ports it takes, where that is more than the one
 *   start(settings)      installs what is missing, makes and starts the server, and waits until it answers
 *   stop(settings)       stops it; its data stays
 *   isRunning(settings)
 *   variables(settings)  what points AIA at it
 *   hasProcesses(settings)  whether there is something to stop, where that may be so though it does not run
 *   byNameOnly           true where another service sets the same variable: it is meant only when it is named
 */
export const services = { postgres, redis, 'redis-cluster': redisCluster, neo4j, influxdb, gcs }
