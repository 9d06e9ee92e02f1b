import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { freshFolder, installationVariables, startInstallation } from '../server/testing/runtime.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** `npm run graph -- …` on the installation of a folder. */
async function graph(folder: string, ...words: string[]): Promise<{ code: number; said: string; complained: string }> {
  const env = { ...process.env, ...installationVariables(folder) }
  return promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/graph.ts', ...words], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout, complained: stderr }),
    ({ code, stdout, stderr }) => ({ code, said: stdout, complained: stderr }),
  )
}

it('reach names the tiers there are for one there is not, and says when no enterprise is of the one it was asked for', async () => {
  const folder = await freshFolder()
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  const aia = await startInstallation({}, folder)
  await aia.runtime.close()
  expect(await graph(folder, 'reach', '--tier', 'nonsense')).toMatchObject({
    code: 1,
    said: '',
    complained: expect.stringContaining('There is no tier "nonsense". The tiers are: standard, enterprise, fortune_500.'),
  })
  const reached = await graph(folder, 'reach', '--tier', 'enterprise')
  expect(reached).toMatchObject({ code: 0, said: 'There is no enterprise of the tier enterprise.\n' })
})
