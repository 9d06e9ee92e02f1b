import { rm } from 'node:fs/promises'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { killedAt } from '../../testing/kill.ts'
import { connectNeo4j, forgetInNeo4j, sharedNeo4j, withoutNeo4j } from '../../testing/neo4j.ts'
import { newPostgres, onDatabase, withoutPostgres } from '../../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation } from '../../testing/runtime.ts'

interface Drift {
  agrees: boolean | null
  waiting: number
  counts: { what: string; postgres: number; neo4j: number }[]
}

beforeEach((context) => {
  const missing = withoutNeo4j ?? withoutPostgres
  if (missing) context.skip(missing)
})

it('brings Neo4j to what the database holds after a whole process was killed while it sent', async () => {
  const folder = await freshFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const place = await newPostgres()
  onTestFinished(place.drop)
  const { url, user, password } = sharedNeo4j()
  const more = { DATABASE_URL: place.url, NEO4J_URL: url, NEO4J_USER: user, NEO4J_PASSWORD: password }
  const source = await killedAt('while the outbox is sent', installationVariables(folder, more))
  const [left] = await onDatabase<{ waiting: number }>(
    place.url,
    'select (graph_sequence - sent)::int as waiting from outboxes where held_until > clock_timestamp()',
  )
  expect(left?.waiting).toBeGreaterThan(0)
  // As half a minute later: who was killed does not send any more.
  await onDatabase(place.url, 'update outboxes set held_until = now()')
  const aia = await startInstallation(more, folder)
  onTestFinished(aia.stop)
  const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
  onTestFinished(async () => {
    const connection = await connectNeo4j()
    await forgetInNeo4j(connection, enterprise.id)
    await connection.close()
  })
  expect(await aia.settled(source)).toBe('ready')
  const drift = () => aia.json<Drift>('GET', 'neural/graph/drift')
  await expect.poll(async () => (await drift()).waiting, { interval: 200 }).toBe(0)
  const { counts } = await drift()
  for (const { what, postgres, neo4j } of counts) expect(neo4j, what).toBe(postgres)
  expect(counts.find(({ what }) => what === 'atoms')?.postgres).toBe(900)
})
