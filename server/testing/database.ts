import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enterprises, type Tier } from '../enterprise/tables.ts'
import { openPglite, type PgliteDatabase } from '../storage/database/pglite.ts'
import { databaseTemplate, migrations } from './template.ts'

/** A fresh embedded database on disk, migrated, without a row. `remove` closes it and deletes its folder. */
export async function freshDatabase(): Promise<PgliteDatabase & { folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-test-'))
  await cp(await databaseTemplate(), folder, { recursive: true })
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

/** An enterprise of the test's own. Tests share a database but never an enterprise. */
export async function freshEnterprise(database: PgliteDatabase, tier: Tier = 'fortune_500'): Promise<string> {
  const id = randomUUID()
  await database.identity((tx) => tx.insert(enterprises).values({ id, name: `Test ${id.slice(0, 8)}`, tier }))
  return id
}
