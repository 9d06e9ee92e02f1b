import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export type KillPoint = 'inside a reading' | 'between two steps' | 'while the outbox is sent' | 'after a webhook was answered'
/** A web process that adds the long document, one that goes on with what another left, or a worker, which does so too. */
export type Role = 'web' | 'next web' | 'worker'

/**
 * Starts a whole AIA as a process of its own, and kills it (SIGKILL) where it has come to.
 * @returns the id of the source that it was about
 * @throws Error when it never came there
 */
export async function killedAt(point: KillPoint, variables: Record<string, string>, role: Role = 'web'): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/testing/killed-process.ts', point, role], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const line of createInterface({ input: child.stdout })) {
    said = line
    if (/^(?:reached|too late)/.test(line)) break
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  if (!said.startsWith('reached ')) throw new Error(`The process did not come to be killed ${point}: ${said}`)
  return said.slice('reached '.length)
}
