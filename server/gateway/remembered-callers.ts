import { createHash } from 'node:crypto'
import type { Database } from '../storage/database/port.ts'
import type { Caller } from './services.ts'

/** How late a credential that runs out by the clock alone is noticed. */
const rememberedMs = 1_000
const mostCallers = 1_000
const credentials = ['authorization', 'x-api-key', 'cookie'] as const

interface RememberedCallers<D extends Database> {
  /** The database for everybody but `identify`, whose own look and notes of use are no change. */
  database: D
  /** Who the credential belongs to, asked of `identify` only where that is not known. */
  of(headers: Headers, identify: (headers: Headers) => Promise<Caller | null>): Promise<Caller | null>
}

/**
 * Remembers who a credential belongs to, until anything about people, sessions, keys or grants may have changed: they can be written by
 * the role of identity transactions only, and every such transaction forgets all callers when it ends, so that what it revoked is refused
 * at once. That holds only where this process is alone on its database, as on the embedded one; elsewhere every call asks. Nobody is
 * never remembered: a refused credential is looked up each time.
 */
export function rememberCallers<D extends Database>(database: D, now: () => number = Date.now): RememberedCallers<D> {
  if (database.adapter !== 'pglite') return { database, of: (headers, identify) => identify(headers) }
  const known = new Map<string, { caller: Promise<Caller | null>; until: number }>()
  return {
    database: {
      ...database,
      identity: (run) => database.identity(run).finally(() => known.clear()),
    },
    of(headers, identify) {
      // A line break stands in no header, so no two credentials can be made to look the same.
      const given = credentials.map((name) => headers.get(name) ?? '').join('\n')
      if (given.length < credentials.length) return Promise.resolve(null)
      const key = createHash('sha256').update(given).digest('base64')
      const found = known.get(key)
      if (found && found.until > now()) return found.caller
      if (known.size >= mostCallers) known.clear()
      // Calls at the same moment share one look. A change that ends meanwhile lets no later call have it.
      const caller = identify(headers).then((answer) => answer && Object.freeze(answer))
      const entry = { caller, until: now() + rememberedMs }
      known.set(key, entry)
      const drop = () => {
        if (known.get(key) === entry) known.delete(key)
      }
      caller.then((answer) => answer ?? drop(), drop)
      return caller
    },
  }
}
