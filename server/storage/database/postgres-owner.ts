import { scryptSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { asLogin, partsOf } from './postgres-address.ts'
import { connectOne } from './postgres-connection.ts'
import { buildVectorIndex, prepareVectors } from './postgres-vectors.ts'

// Any number will do that nothing else on the database takes.
const migrationLock = 4_013_713_013
const askAgainMs = 100

/** Runs `run` by the role that owns the database, on a connection of its own; `address` is that of the one host it leads to. */
async function connected<T>(url: string, run: (owner: pg.Client, address: string) => Promise<T>): Promise<T> {
  const { client, address } = await connectOne(url, 'aia owner')
  try {
    return await run(client, address)
  } finally {
    // Takes its locks with it.
    await client.end()
  }
}

/**
 * Runs `run` as the owner while nobody else of this database does: several processes may start at once. Who is second asks again and again instead of
 * waiting within a statement: its snapshot would keep `create index concurrently`, which the first may be at, waiting for it, for ever.
 */
export function asOwner<T>(url: string, run: (owner: pg.Client, address: string) => Promise<T>): Promise<T> {
  return connected(url, async (owner, address) => {
    for (;;) {
      const { rows } = await owner.query('select pg_try_advisory_lock($1) as held', [migrationLock])
      if (rows[0]?.held) break
      await sleep(askAgainMs)
    }
    return run(owner, address)
  })
}

/** Makes the index of approximate search. Not under the lock of starts: it may take minutes. */
export const indexVectors = (url: string, dimension: number): Promise<void> => connected(url, (owner) => buildVectorIndex(owner, dimension))

/**
 * Brings the tables up to date, by the role of `url`, which owns them, and makes the role that AIA works as: it owns nothing and has no
 * rights of its own but those of the durable jobs, so row-level security binds it whatever a statement says. Its password follows from
 * the owner's: every process of an installation knows it, and nothing has to be stored.
 * @returns that role and its address, and whether the server searches vectors by itself
 */
export async function prepareDatabase(url: string, migrations: string): Promise<{ role: string; url: string; hasVectors: boolean }> {
  const { database, password } = partsOf(url)
  // Roles belong to the server, not to a database: each has its own.
  const role = `${database.slice(0, 50)}_login`
  const login = { role, password: scryptSync(password, `aia login ${role}`, 24).toString('hex') }
  const hasVectors = await asOwner(url, async (owner) => {
    await migrate(drizzle({ client: owner }), { migrationsFolder: migrations })
    const [name, place] = [pg.escapeIdentifier(role), pg.escapeIdentifier(database)]
    const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [role])
    if (!rowCount) await owner.query(`create role ${name} login noinherit`)
    await owner.query(`alter role ${name} password ${pg.escapeLiteral(login.password)}`)
    await owner.query(`grant aia_app, aia_identity to ${name}`)
    await owner.query(`revoke connect on database ${place} from public`)
    await owner.query(`grant connect on database ${place} to ${name}`)
    return prepareVectors(owner)
  })
  return { role, url: asLogin(url, login), hasVectors }
}
