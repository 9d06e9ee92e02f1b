import { type messages, type PGlite, parse, protocol, types } from '@electric-sql/pglite'

const { serialize } = protocol

/** Types that Drizzle's columns decode themselves, as they come on the wire: dates, intervals, numeric arrays. */
const leftAsText = [types.TIMESTAMP, types.TIMESTAMPTZ, types.INTERVAL, types.DATE, 1231, 1115, 1185, 1187, 1182]
const mostStatements = 256
/** Longer texts, in UTF-16 code units, go as bytes. */
const longText = 1_000

interface Statement {
  name: string
  parameterTypes: number[]
  fields: messages.RowDescriptionMessage | null
}

interface QueryResult {
  rows: unknown[]
  affectedRows: number
}

type RowMode = 'array' | 'object'
type Answer = Awaited<ReturnType<PGlite['execProtocolStream']>>
type Decoder = (value: string, typeId?: number) => unknown

const asIs = (value: string): string => value

/** What Drizzle's driver for PGlite calls, and nothing more. */
export interface StatementClient {
  /** In a transaction of its own. */
  query(text: string, values?: unknown[], options?: { rowMode?: RowMode }): Promise<QueryResult>
  /** In the transaction that the caller holds open on the engine. */
  inside(text: string, values?: unknown[], options?: { rowMode?: RowMode }): Promise<QueryResult>
  transaction<T>(run: (client: Pick<StatementClient, 'query'>) => Promise<T>): Promise<T>
}

/**
 * PGlite's own `query` sends six messages one by one, plans every statement anew and copies its table of type parsers each time: about
 * a millisecond a statement. This client keeps statements prepared by their text (PostgreSQL protocol 3.0, extended query) and sends
 * bind, execute and sync at once, which takes a fifth of that. Used inside transactions only, whose lock keeps everybody else out.
 * @param own of several clients on one engine: what the names of its statements begin with, and the types that it leaves as text
 */
export function statementClient(
  engine: PGlite,
  own: { prefix: string; asText: readonly number[] } = { prefix: 's', asText: leftAsText },
): StatementClient {
  const prepared = new Map<string, Statement>()
  let serial = 0
  let parsers: Record<number, Decoder> | undefined

  const send = (...parts: Uint8Array[]): Promise<Answer> =>
    engine.execProtocolStream(parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts), { syncToFs: false })

  async function prepare(text: string): Promise<Statement> {
    const known = prepared.get(text)
    if (known) {
      // To the end: the least recently used goes first.
      prepared.delete(text)
      prepared.set(text, known)
      return known
    }
    const name = `${own.prefix}${++serial}`
    const answer = await send(serialize.parse({ name, text }), serialize.describe({ type: 'S', name }), serialize.sync())
    const statement: Statement = { name, parameterTypes: parse.parseDescribeStatementResults(answer), fields: null }
    for (const message of answer) if (message.name === 'rowDescription') statement.fields = message as messages.RowDescriptionMessage
    prepared.set(text, statement)
    const oldest = prepared.entries().next().value
    if (oldest && prepared.size > mostStatements) {
      prepared.delete(oldest[0])
      await send(serialize.close({ type: 'S', name: oldest[1].name }), serialize.sync())
    }
    return statement
  }

  async function query(text: string, values: unknown[] = [], options: { rowMode?: RowMode } = {}): Promise<QueryResult> {
    const statement = await prepare(text)
    const parameters = values.map((value, i) => {
      if (value === null || value === undefined) return null
      // The driver counts and copies a text character by character; the binary form of a text is its bytes.
      if (typeof value === 'string' && value.length > longText && statement.parameterTypes[i] === types.TEXT) return Buffer.from(value)
      const serializer = engine.serializers[statement.parameterTypes[i] as number]
      return serializer ? serializer(value) : String(value)
    })
    const answer = await send(serialize.bind({ statement: statement.name, values: parameters }), serialize.execute({}), serialize.sync())
    // Array types are known to the engine only once it is ready.
    parsers ??= { ...engine.parsers, ...Object.fromEntries(own.asText.map((type) => [type, asIs])) }
    return read(answer, statement.fields, parsers, options.rowMode ?? 'object')
  }

  const inside: StatementClient['inside'] = (text, values, options) => engine.runExclusive(() => query(text, values, options))
  return {
    query: (text, values, options) => engine.transaction(() => query(text, values, options)),
    inside,
    transaction: (run) =>
      engine.transaction(async () => {
        let failure: unknown
        const watched: StatementClient['query'] = async (...statement) => {
          try {
            const result = await inside(...statement)
            // After a failure nothing succeeds but going back to a savepoint.
            failure = undefined
            return result
          } catch (error) {
            failure = error
            throw error
          }
        }
        const result = await run({ query: watched })
        // The engine would roll back and say nothing.
        if (failure) throw failure
        return result
      }),
  }
}

function read(answer: Answer, description: messages.RowDescriptionMessage | null, parsers: Record<number, Decoder>, mode: RowMode): QueryResult {
  const fields = description?.fields ?? []
  const decoders = fields.map(({ dataTypeID }) => parsers[dataTypeID] ?? asIs)
  const rows: unknown[] = []
  let affectedRows = 0
  for (const message of answer) {
    if (message.name === 'dataRow') {
      const values = (message as messages.DataRowMessage).fields
      const decoded = values.map((value, i) => (value === null ? null : (decoders[i] as Decoder)(value, fields[i]?.dataTypeID)))
      rows.push(mode === 'array' ? decoded : Object.fromEntries(decoded.map((value, i) => [fields[i]?.name, value])))
    } else if (message.name === 'commandComplete') {
      affectedRows += Number((message as messages.CommandCompleteMessage).text.split(' ').at(-1)) || 0
    }
  }
  return { rows, affectedRows }
}
