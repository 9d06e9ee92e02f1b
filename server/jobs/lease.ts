import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from '../gateway/log.ts'
import { connectionPool } from '../storage/database/postgres-connection.ts'

/** How often a process looks whether another has died. */
const lookEveryMs = 1_000

// Session-level advisory locks, keyed by the executor's id: the server lets go of one as soon as the process that holds it is gone.
const lockOf = (id: string) => `hashtextextended('aia executor ' || ${id}, 0)`
// A machine that vanished says no goodbye: after about fifteen seconds of silence the server gives its connection up.
const keepAlive = `set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '3', false), set_config('tcp_keepalives_count', '3', false)`
/** Others that have work in hand and hold no lock. */
const deadExecutors = `with busy as materialized (select distinct executor_id as id from dbos.workflow_status where status = 'PENDING' and executor_id <> $1)
  select id from busy where pg_try_advisory_xact_lock(${lockOf('id')})`

/** The locks of all that live; nobody else takes one of a session together with others. */
export const livingExecutors = `select from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted
  and database = (select oid from pg_database where datname = current_database())`

export interface Lease {
  /** Lets go: what this process still had in hand is taken over by others. */
  release(): Promise<void>
}

/**
 * Says to every process on this PostgreSQL that this executor lives, and watches the others. No clock and no event loop is involved: a process
 * that computes for a minute keeps its lock, one that was killed loses it at once. When the connection is cut, it is made anew; an executor
 * counts as dead when it holds no lock on two looks in a row, so that after a restart of the server everybody has time to come back.
 */
export async function holdLease(options: { url: string; id: string; log: Logger; recover: (dead: string[]) => Promise<unknown> }): Promise<Lease> {
  const { url, id, log, recover } = options
  const pool = connectionPool(url, 1)
  const stop = new AbortController()
  let held: pg.PoolClient | undefined
  let suspects = new Set<string>()

  async function hold(): Promise<pg.PoolClient> {
    const client = await pool.connect()
    client.on('error', () => {})
    try {
      // Shared: the server may not have noticed yet that the connection before this one is gone.
      await client.query(`select ${keepAlive}, pg_advisory_lock_shared(${lockOf('$1')})`, [id])
      return client
    } catch (error) {
      client.release(true)
      throw error
    }
  }
  async function look(): Promise<void> {
    held ??= await hold()
    const { rows } = await held.query<{ id: string }>(deadExecutors, [id])
    const dead = rows.map((row) => row.id).filter((each) => suspects.has(each))
    suspects = new Set(rows.map((row) => row.id))
    if (dead.length === 0) return
    log.warn({ executors: dead }, 'taking over the jobs of a process that is gone')
    await recover(dead)
  }
  async function watch(): Promise<void> {
    while (!stop.signal.aborted) {
      await sleep(lookEveryMs, undefined, { signal: stop.signal }).catch(() => {})
      if (stop.signal.aborted) return
      await look().catch((error) => {
        log.debug({ err: error }, 'the lease of this process is made anew')
        held?.release(true)
        held = undefined
        suspects.clear()
      })
    }
  }

  // Before anything is taken in hand.
  held = await hold()
  const watching = watch()
  return {
    async release() {
      stop.abort()
      await watching
      held?.release(true)
      await pool.end()
    },
  }
}
