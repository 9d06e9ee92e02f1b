import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { ingest } from '../knowledge/ingest.ts'
import { LexicalIndex } from '../lexical/lexical-index.ts'
import { parsePlain } from '../parsing/plain.ts'
import { knowledgeAtoms, sources } from '../tables.ts'
import { priorModel, type RankRequest, rank } from './rank.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await database?.remove()
})

const passages: [title: string, text: string][] = [
  ['Lower Weir', 'Lower Weir is a dam near Ostrava Fields. It was designed by Marta Kolben and opened in 1931 after four years of work.'],
  ['Marta Kolben', 'Marta Kolben was an engineer. She was born in the town of Hradek and taught hydraulics for thirty years.'],
  ['Hradek', 'The town is known for its glass works and lies on the river Smeda.'],
  ['Upper Weir', 'Upper Weir is a dam that was rebuilt after a flood.'],
  ['Glass', 'Glass works melt sand with soda and lime. A dam of clay keeps the furnace dry.'],
  ['Dams', 'A dam holds water back. Engineers design dams for floods, power and irrigation. Where a dam was designed matters less than by whom.'],
  ['Twin one', 'Identical words about turbines.'],
  ['Twin two', 'Different words about turbines'],
]

async function fill(order: readonly number[]): Promise<{ enterprise: string; index: LexicalIndex }> {
  const enterprise = await freshEnterprise(database)
  const index = new LexicalIndex()
  for (const i of order) {
    const [title, text] = passages[i] as [string, string]
    const sourceId = randomUUID()
    const document = { ...parsePlain(text, { title, fileName: null, address: null }), contentType: 'text/plain', language: null }
    await database.tenant(enterprise, async (tx) => {
      const row = {
        id: sourceId,
        enterpriseId: enterprise,
        title,
        origin: 'text',
        contentType: 'text/plain',
        byteLength: text.length,
        text,
        createdBy: 'test',
      }
      await tx.insert(sources).values({ ...row, state: 'ready' })
      await ingest(tx, index, enterprise, [{ sourceId, document }])
    })
  }
  return { enterprise, index }
}

async function titles(
  { enterprise, index }: Awaited<ReturnType<typeof fill>>,
  request: Partial<RankRequest> & { question: string },
): Promise<string[]> {
  return database.tenant(enterprise, async (tx) => {
    const atoms = new Map(
      (await tx.select({ number: knowledgeAtoms.number, title: knowledgeAtoms.title }).from(knowledgeAtoms)).map((row) => [row.number, row.title]),
    )
    const ranked = await rank(tx, await index.view(tx, enterprise), enterprise, {
      mode: 'advanced',
      limit: 10,
      budget: { nodes: 500 },
      model: priorModel,
      ...request,
    })
    return ranked.map(({ number }) => atoms.get(number) as string)
  })
}

const question = 'In which town was the person who designed Lower Weir born?'

describe('rank', () => {
  it('follows a mention to an atom that shares no word with the question, and says by which pathway', async () => {
    const filled = await fill([0, 1, 2, 3, 4, 5])
    const ranked = await titles(filled, { question })
    expect(ranked[0]).toBe('Lower Weir')
    expect(ranked.slice(0, 3)).toContain('Marta Kolben')
    expect(ranked.slice(0, 5)).toContain('Hradek')
    const raw = await database.tenant(filled.enterprise, async (tx) =>
      rank(tx, await filled.index.view(tx, filled.enterprise), filled.enterprise, {
        question,
        mode: 'advanced',
        limit: 10,
        budget: { nodes: 500 },
        model: priorModel,
      }),
    )
    expect(raw.some(({ via }) => via?.kind === 'mentions')).toBe(true)
    expect(raw.map(({ score }) => score)).toEqual(raw.map(({ score }) => score).sort((a, b) => b - a))
  })

  it('gives the same order whatever the order of ingestion', async () => {
    const forward = await fill([0, 1, 2, 3, 4, 5, 6, 7])
    const backward = await fill([7, 6, 5, 4, 3, 2, 1, 0])
    for (const asked of [question, 'dam', 'words about turbines', 'glass works on the river']) {
      for (const mode of ['standard', 'advanced', 'enterprise'] as const) {
        const first = await titles(forward, { question: asked, mode })
        expect(first.length).toBeGreaterThan(0)
        expect(await titles(backward, { question: asked, mode })).toEqual(first)
      }
    }
  })

  it('answers nothing to nothing, and nothing to another enterprise', async () => {
    const filled = await fill([0, 1])
    expect(await titles(filled, { question: 'the of and' })).toEqual([])
    const other = await freshEnterprise(database)
    const ranked = await database.tenant(other, async (tx) =>
      rank(tx, await filled.index.view(tx, other), other, { question, mode: 'advanced', limit: 10, budget: { nodes: 500 }, model: priorModel }),
    )
    expect(ranked).toEqual([])
  })
})
