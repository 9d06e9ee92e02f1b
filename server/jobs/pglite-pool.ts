import { EventEmitter } from 'node:events'
import type { PGlite, Transaction } from '@electric-sql/pglite'
import { type StatementClient, statementClient } from '../storage/database/pglite-client.ts'
import { diskFull } from '../storage/database/port.ts'

// int8 and numeric stay text, as node-postgres leaves them.
const asText = [20, 1700]
const parsers = Object.fromEntries(asText.map((type) => [type, (value: string) => value]))
/** What a polling queue asks again and again: worth keeping prepared. */
const preparable = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH'])

interface PgResult {
  rows: unknown[]
  rowCount: number
  fields: unknown[]
  command: string
}
type Query = string | { text: string; values?: unknown[] }

function shape(result: { rows: unknown[]; affectedRows?: number } | undefined, command: string): PgResult {
  const rows = result?.rows ?? []
  return { rows, rowCount: rows.length || (result?.affectedRows ?? 0), fields: [], command }
}

/**
 * What DBOS needs of `pg.Pool`, on PGlite's own API. A client's transaction holds PGlite's transaction lock, so it can never mix
 * with a tenant's transaction; through a socket they did mix, and tenants saw each other's rows (JOINTS.md, 4).
 */
export class PglitePool extends EventEmitter {
  readonly options = { max: 8 }
  readonly totalCount = 1
  readonly idleCount = 1
  readonly waitingCount = 0
  ended = false

  readonly #statements: StatementClient

  constructor(
    readonly engine: PGlite,
    readonly hasRoom: () => boolean,
  ) {
    super()
    this.#statements = statementClient(engine, { prefix: 'job', asText })
  }
  async connect(): Promise<PgliteClient> {
    return new PgliteClient(this.engine, this.#statements, this.hasRoom)
  }
  async query(query: Query, values?: unknown[]): Promise<PgResult> {
    return new PgliteClient(this.engine, this.#statements, this.hasRoom).query(query, values)
  }
  async end(): Promise<void> {
    this.ended = true
  }
}

export class PgliteClient extends EventEmitter {
  #open: { tx: Transaction; finish: () => void } | undefined
  #done: Promise<unknown> = Promise.resolve()

  constructor(
    readonly engine: PGlite,
    readonly statements: StatementClient,
    readonly hasRoom: () => boolean,
  ) {
    super()
    this.setMaxListeners(50)
  }

  /** @throws what DBOS waits for to pass: what is full may have room again */
  #assertRoom(): void {
    if (!this.hasRoom()) throw Object.assign(new Error('The disk of the data folder is full.'), { code: diskFull })
  }

  async query(query: Query, params?: unknown[]): Promise<PgResult> {
    const text = (typeof query === 'string' ? query : query.text).trim().replace(/;+$/, '')
    const values = params ?? (typeof query === 'string' ? [] : (query.values ?? []))
    const command = (text.split(/[\s;]+/, 1)[0] ?? '').toUpperCase()
    if ((command === 'BEGIN' || command === 'START') && !text.includes(';')) return this.#begin(text)
    if ((command === 'COMMIT' || command === 'END') && this.#open) return this.#commit()
    if (command === 'ROLLBACK' && this.#open && !/\bTO\b/i.test(text)) return this.#rollback()
    if (!this.#open && command !== 'SELECT') this.#assertRoom()
    if (preparable.has(command) && !text.includes(';')) {
      const { statements } = this
      return shape(await (this.#open ? statements.inside(text, values) : statements.query(text, values)), command)
    }
    const on = this.#open?.tx ?? this.engine
    if (values.length === 0) return shape((await on.exec(text, { parsers })).at(-1), command)
    return shape(await on.query(text, values, { parsers }), command)
  }

  async #begin(text: string): Promise<PgResult> {
    this.#assertRoom()
    await new Promise<void>((ready, fail) => {
      const done = this.engine.transaction(
        (tx) =>
          new Promise<void>((finish) => {
            this.#open = { tx, finish }
            ready()
          }),
      )
      done.catch(fail)
      // The callback above runs only once PGlite's lock is free, so `done` is attached when it has.
      this.#done = done
    })
    const mode = text.replace(/^(BEGIN|START)(\s+(TRANSACTION|WORK))?/i, '').trim()
    if (mode) await this.#open?.tx.exec(`SET TRANSACTION ${mode}`)
    return shape(undefined, 'BEGIN')
  }

  async #commit(): Promise<PgResult> {
    this.#open?.finish()
    this.#open = undefined
    await this.#done
    return shape(undefined, 'COMMIT')
  }

  async #rollback(): Promise<PgResult> {
    const open = this.#open
    this.#open = undefined
    await open?.tx.rollback()
    open?.finish()
    await this.#done.catch(() => {})
    return shape(undefined, 'ROLLBACK')
  }

  /** A client that goes back with an open transaction loses it. */
  release(): void {
    if (this.#open) this.#rollback().catch(() => {})
  }
}
