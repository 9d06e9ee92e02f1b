import type { Database } from '../database/port.ts'
import { insuredGraph, onlyPostgres } from './insured.ts'
import { neo4jGraph } from './neo4j.ts'
import { type Neo4jAddress, type Neo4jConnection, openNeo4j, reasonOf } from './neo4j-connection.ts'
import type { KeptGraph } from './port.ts'
import { postgresGraph } from './postgres.ts'
import { graphSender } from './sender.ts'

/** What is told of Neo4j; reasons are a few words without a password. */
export interface GraphWatcher {
  away(reason: string): void
  back(): void
  /** It was there and did not answer, so the database did. */
  notAnswered(reason: string): void
  /** It was there and did not take a change, which is sent again. */
  notSent(reason: string): void
  rebuilt(about: { enterpriseId: string; atoms: number; durationMs: number }): void
}

export interface OpenGraph {
  graph: KeptGraph
  /** Begins to send what changes. */
  start(): void
  /** Whether Neo4j answers; true where there is none. */
  check(): Promise<boolean>
  /** Stops sending; before the database is closed. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** Where there is a Neo4j, a connection to it; before the database, which a start that fails must not have changed. */
export const connectToNeo4j = (address: Neo4jAddress | null, watcher: GraphWatcher): Promise<Neo4jConnection | null> =>
  address ? openNeo4j(address, watcher) : Promise.resolve(null)

/** The graph of the installation: the database, and Neo4j in front of it where there is one. */
export function openGraph(database: Database, connection: Neo4jConnection | null, watcher: GraphWatcher): OpenGraph {
  const postgres = postgresGraph(database)
  if (!connection) return { graph: onlyPostgres(postgres), start() {}, check: async () => true, stop: async () => {}, close: async () => {} }
  const sender = graphSender(database, connection, { rebuilt: watcher.rebuilt, failed: (error) => watcher.notSent(reasonOf(error)) })
  const neo4j = neo4jGraph(connection, database)
  return {
    graph: insuredGraph({ database, connection, neo4j, postgres }, (error) => watcher.notAnswered(reasonOf(error))),
    start: sender.start,
    check: connection.check,
    stop: sender.stop,
    close: connection.close,
  }
}
