import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const command = promisify(execFile)

/** Real servers of a test's own, started as a person starts them; each can be stopped and started again on its port, and keeps its data. */
export interface OwnServices {
  /** Where their data and settings are. */
  folder: string
  /** What points AIA at them. */
  variables: Record<string, string>
  stop(name: string): Promise<void>
  start(name: string): Promise<void>
  remove(): Promise<void>
}

export async function ownServices(...names: string[]): Promise<OwnServices> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-own-services-'))
  // The user that PostgreSQL runs as must get through.
  await chmod(folder, 0o711)
  const services = async (verb: string, ...which: string[]) =>
    (await command(process.execPath, ['scripts/services.mjs', verb, ...which], { env: { ...process.env, AIA_SERVICES_DIR: folder } })).stdout
  const stop = async (...which: string[]) => void (await services('down', ...which))
  const remove = async () => {
    await stop(...names)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await services('up', ...names)
    const lines = (await services('env', ...names)).matchAll(/^export (\w+)='(.*)'$/gm)
    const variables = Object.fromEntries([...lines].map(([, key, value]) => [key as string, value as string]))
    return { folder, variables, stop, start: async (name) => void (await services('up', name)), remove }
  } catch (error) {
    await remove()
    throw error
  }
}
