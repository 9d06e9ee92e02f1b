import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { seededRandom } from '../ranking/random.ts'
import { type Near, VectorIndex } from './search.ts'
import { storeVectors } from './stored.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await database?.remove()
})

const dimension = 7
const atoms = 1_300

function unit(random: () => number): Float32Array {
  const vector = Float32Array.from({ length: dimension }, () => random() - 0.5)
  return vector.map((value) => value / Math.hypot(...vector))
}

describe('search over vectors', () => {
  it('finds exactly what comparing with every vector finds, while vectors come, change and go', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.info(`vector seed ${seed}`)
    const random = seededRandom(seed)
    const enterprise = await freshEnterprise(database)
    const truth = new Map<number, Float32Array>()
    const index = new VectorIndex()
    const store = async (numbers: number[]) => {
      const given = numbers.map((number) => ({ number, digest: 'd', vector: unit(random) }))
      await database.tenant(enterprise, (tx) => storeVectors(tx, enterprise, 'm', given))
      for (const { number, vector } of given) truth.set(number, vector)
    }
    const remove = async (from: number, to: number) => {
      await database.tenant(enterprise, (tx) =>
        tx.execute(sql`delete from knowledge_atoms where enterprise_id = ${enterprise} and number between ${from}::int and ${to}::int`),
      )
      for (let number = from; number <= to; number++) truth.delete(number)
    }
    const check = async (k: number) => {
      const question = unit(random)
      const found = await database.tenant(enterprise, (tx) => index.search(tx, enterprise, 'm', question, k))
      const expected = [...truth]
        .map(([number, vector]): Near => ({ number, score: vector.reduce((sum, value, i) => sum + value * (question[i] as number), 0) }))
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, k)
      expect(found.map(({ number }) => number)).toEqual(expected.map(({ number }) => number))
    }
    await database.tenant(enterprise, async (tx) => {
      await tx.execute(sql`insert into knowledge_states (enterprise_id) values (${enterprise})`)
      await tx.execute(sql`insert into knowledge_atoms (enterprise_id, number, content_hash, title, kind, text, semantic_summary, technical_context, relationships, knowledge_domains, source_count)
        select ${enterprise}::uuid, i, md5(i::text), 't', 'text', 't', 's', '{}', '{}', '{}', 1 from generate_series(1, ${atoms}::int) i`)
    })
    await check(10)
    for (let from = 1; from <= atoms; from += 100) await store(Array.from({ length: 100 }, (_, i) => from + i))
    await check(10)
    await store([5, 700])
    await check(10)
    await remove(40, 45)
    for (let i = 0; i < 5; i++) await check(atoms)
    await remove(100, 900)
    for (let i = 0; i < 5; i++) await check(20)
    await store([950, 1_000])
    await check(atoms)
    await remove(1, atoms)
    await check(10)
  })
})
