import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { longDocument } from '../../testing/long-document.ts'
import { freshFolder, installationVariables, startInstallation } from '../../testing/runtime.ts'

const counts = ({ atoms, pathways_by_kind, sources }: Record<string, unknown>) => ({ atoms, pathways_by_kind, sources })

it('goes on after a kill in the middle, with nothing twice and nothing lost', async () => {
  const folder = await freshFolder()
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/testing/killed-ingestion.ts'], {
    env: { ...process.env, ...installationVariables(folder) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const line of createInterface({ input: child.stdout })) {
    said = line
    if (/^(half|too late)/.test(line)) break
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(said).toMatch(/^half /)

  // One after the other: the engine of durable jobs is one a process.
  const after = await startInstallation({}, folder)
  let resumed: object
  try {
    expect(await after.settled(said.slice(5))).toBe('ready')
    expect(await after.json('POST', 'neural/process', { data: { question: 'How often is pump 417 serviced?' } })).toMatchObject({
      status: 'answered',
    })
    resumed = counts(await after.json('GET', 'neural/status'))
  } finally {
    await after.stop()
  }
  const undisturbed = await startInstallation()
  try {
    await undisturbed.add('Long', longDocument)
    expect(resumed).toEqual(counts(await undisturbed.json('GET', 'neural/status')))
  } finally {
    await undisturbed.stop()
  }
}, 240_000)
