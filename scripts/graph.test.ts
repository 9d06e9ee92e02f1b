import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { connectNeo4j, forgetInNeo4j, sharedNeo4j, withoutNeo4j } from '../server/testing/neo4j.ts'
import { newPostgres, withoutPostgres } from '../server/testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation } from '../server/testing/runtime.ts'
import { until } from '../server/testing/until.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** `npm run graph -- …` on the installation of a folder. */
async function graph(
  folder: string,
  words: string[],
  variables: Record<string, string> = {},
): Promise<{ code: number; said: string; complained: string }> {
  const env = { ...process.env, ...installationVariables(folder, variables) }
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
  expect(await graph(folder, ['reach', '--tier', 'nonsense'])).toMatchObject({
    code: 1,
    said: '',
    complained: expect.stringContaining('There is no tier "nonsense". The tiers are: standard, enterprise, fortune_500.'),
  })
  const reached = await graph(folder, ['reach', '--tier', 'enterprise'])
  expect(reached).toMatchObject({ code: 0, said: 'There is no enterprise of the tier enterprise.\n' })
})

it('drift and rebuild compare PostgreSQL with Neo4j while AIA runs, and make anew what was lost', async (context) => {
  const missing = withoutPostgres ?? withoutNeo4j
  if (missing) context.skip(missing)
  const place = await newPostgres()
  cleanups.push(place.drop)
  const folder = await freshFolder()
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  const { url, user, password } = sharedNeo4j()
  const variables = { DATABASE_URL: place.url, NEO4J_URL: url, NEO4J_USER: user, NEO4J_PASSWORD: password }
  const aia = await startInstallation(variables, folder)
  cleanups.push(() => aia.runtime.close())
  const neo4j = await connectNeo4j()
  cleanups.push(() => neo4j.close())
  const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
  cleanups.push(() => forgetInNeo4j(neo4j, enterprise.id))
  await aia.add('Harbour', '# Harbour\n\n## Tarnholm Light\n\nIt was lit by oil.\n\n## Pilots\n\nThey bring ships in.')
  await until(async () => (await aia.json<{ agrees: boolean | null }>('GET', 'neural/graph/drift')).agrees === true)
  const { atoms } = await aia.json<{ atoms: number }>('GET', 'neural/status')

  const agrees = new RegExp(`\\(${enterprise.id}\\): agrees, ${atoms} atoms, \\d+ pathways`)
  expect(await graph(folder, ['drift'], variables)).toMatchObject({ code: 0, said: expect.stringMatching(agrees) })
  await forgetInNeo4j(neo4j, enterprise.id)
  const differing = await graph(folder, ['drift'], variables)
  expect(differing).toMatchObject({ code: 1, said: expect.stringContaining(`  atoms: ${atoms} in the database, 0 in Neo4j`) })
  expect(await graph(folder, ['rebuild'], variables)).toMatchObject({ code: 0, said: expect.stringMatching(agrees) })
  expect(await graph(folder, ['drift'], variables)).toMatchObject({ code: 0, said: expect.stringMatching(agrees) })
}, 240_000)
