import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import { openPglite } from '../storage/database/pglite.ts'

export const migrations = join(process.cwd(), 'drizzle')

function templateFolder(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(migrations)
    .filter((file) => file.endsWith('.sql'))
    .sort())
    hash.update(readFileSync(join(migrations, name)))
  hash.update(readFileSync(join(process.cwd(), 'node_modules', '@dbos-inc', 'dbos-sdk', 'package.json')))
  return join(process.cwd(), 'node_modules', '.cache', 'aia', `database-${hash.digest('hex').slice(0, 16)}`)
}

/** Path of an empty database folder with all tables, those of durable jobs too: initdb takes up to 20 s, a copy of this takes a blink. */
async function databaseTemplate(): Promise<string> {
  const folder = templateFolder()
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`
    // Here only: most tests find the template made, and need not load the jobs to copy it.
    const { dbosJobs } = await import('../jobs/dbos.ts')
    const database = await openPglite({ folder: draft, migrations })
    const jobs = dbosJobs(database)
    await jobs.launch({ database, log: createLogger('silent') } as unknown as Services, [])
    await jobs.shutdown()
    await database.close()
    try {
      renameSync(draft, folder)
    } catch {
      rmSync(draft, { recursive: true, force: true }) // another process was first
    }
  }
  return folder
}

/** Copies the template into a folder. Node's own copy spends a second of its thread on the 1,200 files. */
export async function copyTemplate(folder: string): Promise<void> {
  const template = await databaseTemplate()
  if (process.platform === 'win32') return cp(template, folder, { recursive: true })
  await mkdir(folder, { recursive: true })
  await promisify(execFile)('cp', ['-R', `${template}/.`, folder])
}

/** Vitest global set-up: makes the template once before any test file copies it. */
export default async function setup(): Promise<void> {
  await databaseTemplate()
}
