import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { enterprises, type Tier } from '../enterprise/tables.ts'
import { openPglite, type PgliteDatabase } from '../storage/database/pglite.ts'
import type { Database } from '../storage/database/port.ts'
import { chosenAdapter, freshPostgres, withoutPostgres } from './postgres.ts'
import { copyTemplate, migrations } from './template.ts'

/** A fresh embedded database on disk, migrated, without a row. `remove` closes it and deletes its folder. */
export async function freshPglite(): Promise<PgliteDatabase & { folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-test-'))
  await copyTemplate(folder)
  const database = await openPglite({ folder, migrations })
  return {
    ...database,
    folder,
    async remove() {
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A fresh database on the adapter that tests run on: the embedded one, unless `testOn` says otherwise. */
export const freshDatabase = (): Promise<Database & { remove(): Promise<void> }> => (chosenAdapter() === 'postgres' ? freshPostgres() : freshPglite())

/** An enterprise of the test's own. Tests share a database but never an enterprise. */
export async function freshEnterprise(database: Pick<Database, 'identity'>, tier: Tier = 'fortune_500'): Promise<string> {
  const id = randomUUID()
  await database.identity((tx) => tx.insert(enterprises).values({ id, name: `Test ${id.slice(0, 8)}`, tier }))
  return id
}

/** The adapters of the database port, for suites that must hold on each: `describe.each(databases)`. */
export const databases = [
  { adapter: 'pglite', open: freshPglite, missing: null },
  { adapter: 'postgres', open: freshPostgres, missing: withoutPostgres },
] as const

/**
 * One of them for a suite: opened before its tests and removed after them. Where it is not to be had, every test is skipped with the reason.
 * @returns gives the database, inside tests and hooks
 */
export function databaseOf({ open, missing }: (typeof databases)[number]): () => Awaited<ReturnType<typeof open>> {
  let database: Awaited<ReturnType<typeof open>> | undefined
  beforeAll(async () => {
    if (!missing) database = await open()
  })
  afterAll(() => database?.remove())
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })
  return () => database as Awaited<ReturnType<typeof open>>
}
