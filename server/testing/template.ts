import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openPglite } from '../storage/database/pglite.ts'

export const migrations = join(process.cwd(), 'drizzle')

function templateFolder(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(migrations)
    .filter((file) => file.endsWith('.sql'))
    .sort())
    hash.update(readFileSync(join(migrations, name)))
  return join(process.cwd(), 'node_modules', '.cache', 'aia', `database-${hash.digest('hex').slice(0, 16)}`)
}

/** Path of a migrated, empty database folder: initdb takes up to 20 s, a copy of this takes a blink. */
export async function databaseTemplate(): Promise<string> {
  const folder = templateFolder()
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`
    await (await openPglite({ folder: draft, migrations })).close()
    try {
      renameSync(draft, folder)
    } catch {
      rmSync(draft, { recursive: true, force: true }) // another process was first
    }
  }
  return folder
}

/** Vitest global set-up: makes the template once before any test file copies it. */
export default async function setup(): Promise<void> {
  await databaseTemplate()
}
