import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { LexicalIndex } from '../lexical/lexical-index.ts'
import type { ParsedDocument } from '../parsing/document.ts'
import { seededRandom } from '../ranking/random.ts'
import { documentOf, dump, give, pick, shuffled, take } from './corpus.fixture.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await database?.remove()
})

const subjects = 'turbine bearing lubricant vibration harmonic resonance coolant manifold gasket torque spindle actuator'.split(' ')

/** Texts of a few sentences each: every one shares a whole sentence with many others, so that lists are full and weights often equal. */
function crowd(random: () => number, count: number): ParsedDocument[] {
  const sentences = Array.from({ length: 5 }, () => Array.from({ length: 6 }, () => pick(random, subjects)).join(' '))
  return Array.from({ length: count }, (_, i) => {
    const parts = Array.from({ length: 1 + Math.floor(random() * 2) }, (_, j) => ({
      text: `${shuffled(random, sentences)
        .slice(0, 1 + Math.floor(random() * 2))
        .join('. ')}. Serial ${i} part ${j}.`,
    }))
    return documentOf(`Report ${i}`, parts)
  })
}

for (const seed of [4, Math.floor(Math.random() * 1e9)]) {
  it(`keeps lists of similar atoms exact while others come, go, are taken back, and the process begins anew (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    const corpus = crowd(random, 45)
    let index = new LexicalIndex()
    const enterprise = await freshEnterprise(database)
    const there = new Map<ParsedDocument, string>()
    for (let step = 0; step < 120; step++) {
      // It grows and shrinks by turns, so that full lists lose all that was known to follow.
      const wanted = step % 60 < 34 ? corpus.length : 6
      const documents = shuffled(random, corpus)
      const coming = documents.find((document) => !there.has(document))
      const going = documents.find((document) => there.has(document))
      if (random() < 0.012) index = new LexicalIndex()
      else if (there.size < wanted && coming) there.set(coming, await give(database, index, enterprise, coming))
      else if (going) {
        await take(database, index, enterprise, [there.get(going) as string])
        there.delete(going)
      }
      if (random() < 0.08) {
        // A change that is not kept must not be remembered.
        await expect(takenBack(index, enterprise, pick(random, corpus))).rejects.toThrow('taken back')
      }
    }
    const expected = await freshEnterprise(database)
    const fresh = new LexicalIndex()
    for (const document of shuffled(random, [...there.keys()])) await give(database, fresh, expected, document)
    const made = await dump(database, index, enterprise)
    expect(made.pathways.filter((pathway) => pathway.includes('"kind":"similar"')).length).toBeGreaterThan(0)
    expect(made).toEqual(await dump(database, fresh, expected))
  })
}

/** Gives a document whose knowledge is made in a transaction that fails at its end. */
async function takenBack(index: LexicalIndex, enterpriseId: string, document: ParsedDocument): Promise<void> {
  let transactions = 0
  const failing: typeof database = {
    ...database,
    tenant: (id, run) =>
      database.tenant(id, async (tx) => {
        const result = await run(tx)
        // The first only stores the source.
        if (++transactions > 1) throw new Error('taken back')
        return result
      }),
  }
  try {
    await give(failing, index, enterpriseId, document)
  } finally {
    await database.tenant(enterpriseId, (tx) =>
      tx.execute(sql`delete from sources s where not exists (select 1 from occurrences o where o.source_id = s.id)`),
    )
  }
}
