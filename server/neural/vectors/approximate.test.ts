import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { freshEnterprise } from '../../testing/database.ts'
import { freshPostgres, withoutPostgres } from '../../testing/postgres.ts'
import { seededRandom } from '../ranking/random.ts'
import { indexVectors, isByIndex } from './approximate.ts'
import { VectorIndex } from './search.ts'
import { storeVectors } from './stored.ts'

const dimension = 64
const k = 20
let database: Awaited<ReturnType<typeof freshPostgres>> | undefined
beforeAll(async () => {
  if (!withoutPostgres) database = await freshPostgres()
})
afterAll(() => database?.remove())
beforeEach((context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
  if (!database?.nearestIndex) context.skip('needs pgvector 0.8 or newer on the server of DATABASE_URL')
})

const unit = (values: Float32Array) => values.map((value) => value / Math.hypot(...values))

it('finds by the index of the server nearly what comparing with each finds, and a small enterprise all it asks for', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.info(`approximate search seed ${seed}`)
  const random = seededRandom(seed)
  const db = database as NonNullable<typeof database>
  // As texts are: topics, and what is said of each.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const topics = Array.from({ length: 60 }, () => Float32Array.from({ length: dimension }, normal))
  const near = () => {
    const topic = topics[Math.floor(random() * topics.length)] as Float32Array
    return unit(topic.map((value) => value + 0.6 * normal()))
  }
  async function fill(count: number): Promise<string> {
    const enterprise = await freshEnterprise(db)
    await db.tenant(enterprise, async (tx) => {
      await tx.execute(sql`insert into knowledge_states (enterprise_id) values (${enterprise})`)
      await tx.execute(sql`insert into knowledge_atoms (enterprise_id, number, content_hash, title, kind, text, semantic_summary, technical_context, relationships, knowledge_domains, source_count)
        select ${enterprise}::uuid, i, md5(i::text), 't', 'text', 't', 's', '{}', '{}', '{}', 1 from generate_series(1, ${count}::int) i`)
    })
    for (let first = 1; first <= count; first += 1_000) {
      const given = Array.from({ length: Math.min(1_000, count - first + 1) }, (_, i) => ({ number: first + i, digest: 'd', vector: near() }))
      await db.tenant(enterprise, (tx) => storeVectors(tx, enterprise, 'm', given))
    }
    return enterprise
  }
  const large = await fill(8_000)
  const small = await fill(60)
  const exact = new VectorIndex()
  // Any number of vectors is enough here.
  const served = () => new VectorIndex({ byServer: true, from: 1 })
  const ask = (index: VectorIndex, enterprise: string, vector: Float32Array, count = k) =>
    db.tenant(enterprise, (tx) => index.search(tx, enterprise, 'm', vector, count))
  // No index yet: exact.
  const first = near()
  expect(await ask(served(), large, first)).toEqual(await ask(exact, large, first))
  await indexVectors(db, small, 'm', 100)
  expect(await ask(served(), small, first)).toEqual(await ask(exact, small, first))
  await Promise.all([indexVectors(db, large, 'm', 1), indexVectors(db, small, 'm', 1)])
  await indexVectors(db, large, 'm', 1)
  expect(await db.tenant(large, (tx) => isByIndex(tx, large, 'm', first))).toBe(true)

  let hits = 0
  const questions = Array.from({ length: 50 }, near)
  const index = served()
  for (const question of questions) {
    const truth = await ask(exact, large, question)
    const found = await ask(index, large, question)
    expect(found).toHaveLength(k)
    const scores = new Map(truth.map(({ number, score }) => [number, score]))
    for (const { number, score } of found) if (scores.has(number)) expect(score).toBeCloseTo(scores.get(number) as number, 6)
    hits += found.filter(({ number }) => scores.has(number)).length
    // One in 134 of the vectors is theirs.
    const theirs = await ask(index, small, question, 10)
    expect(theirs.length, `seed ${seed}`).toBe((await ask(exact, small, question, 10)).length)
  }
  const recall = hits / (k * questions.length)
  console.info(`recall@${k} ${recall.toFixed(3)}`)
  expect(recall, `seed ${seed}`).toBeGreaterThanOrEqual(0.95)

  // What came and changed since the index was fed is found at once, and what went is not.
  const question = near()
  const [best, second] = await ask(index, large, question)
  await db.tenant(large, (tx) => storeVectors(tx, large, 'm', [{ number: 1, digest: 'd', vector: question }]))
  await db.tenant(large, (tx) => storeVectors(tx, large, 'm', [{ number: best?.number ?? 0, digest: 'd', vector: question.map((value) => -value) }]))
  const after = await ask(index, large, question)
  expect(after[0]).toMatchObject({ number: 1, score: expect.closeTo(1, 5) })
  expect(after.map(({ number }) => number)).not.toContain(best?.number)
  await db.tenant(large, (tx) => tx.execute(sql`delete from knowledge_atoms where enterprise_id = ${large} and number = ${second?.number ?? 0}`))
  expect((await ask(index, large, question)).map(({ number }) => number)).not.toContain(second?.number)
})
