import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enterprises } from '../../enterprise/tables.ts'
import { outboxEvents } from '../../storage/outbox/tables.ts'
import { freshEnterprise } from '../../testing/database.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'

interface Path {
  found: boolean
  atoms: { id: string; title: string }[]
  steps: { from: string; to: string; kind: string }[]
}

describe('questions about the graph', () => {
  let aia: TestInstallation
  let ids: Map<string, string>
  beforeAll(async () => {
    aia = await startInstallation()
    await aia.add('Harbour', '# Harbour\n\n## Tarnholm Light\n\nIt was lit by oil.\n\n## Pilots\n\nThey bring ships in.')
    await aia.add('Oil', '# Oil\n\nIt fed the Tarnholm Light for a century.')
    const { items } = await aia.json<{ items: { id: string; title: string }[] }>('GET', 'neural/atoms')
    ids = new Map(items.map(({ id, title }) => [title, id]))
  })
  afterAll(() => aia?.stop())

  const path = (from: string, to: string, more = '') => aia.json<Path>('GET', `neural/graph/path?from=${ids.get(from)}&to=${ids.get(to)}${more}`)

  it('shows the shortest way, with the titles along it', async () => {
    const { found, atoms, steps } = await path('Oil', 'Harbour › Pilots')
    expect(found).toBe(true)
    expect([atoms[0]?.title, atoms.at(-1)?.title]).toEqual(['Oil', 'Harbour › Pilots'])
    expect(steps).toHaveLength(atoms.length - 1)
    expect(steps.map(({ kind }) => kind)).toContain('mentions')
    expect(await path('Oil', 'Harbour › Pilots', '&most=1')).toEqual({ found: false, atoms: [], steps: [] })
    expect(await path('Harbour › Pilots', 'Harbour › Pilots')).toEqual({
      found: true,
      atoms: [{ id: ids.get('Harbour › Pilots'), title: 'Harbour › Pilots' }],
      steps: [],
    })
  })

  it('knows no atom that is not the enterprise’s own', async () => {
    const unknown = await aia.call('GET', `neural/graph/path?from=${ids.get('Harbour › Pilots')}&to=${crypto.randomUUID()}`)
    expect(unknown.status).toBe(404)
    expect((await aia.call('GET', `neural/graph?atom_id=${crypto.randomUUID()}`)).status).toBe(404)
  })

  it('tells how many atoms the agents have reached, once each, and nothing of another enterprise', async () => {
    const reach = () => aia.json<{ items: { atoms: number; agents: { name: string; atoms: number }[] }[] }>('GET', 'neural/graph/reach')
    expect((await reach()).items).toMatchObject([{ atoms: 0, agents: [] }])
    await freshEnterprise(aia.runtime.services.database)
    const ask = (question: string) => aia.json<{ citations: object[] }>('POST', 'neural/process', { data: { question } })
    const { citations } = await ask('What fed the Tarnholm Light?')
    const { items } = await reach()
    expect(items).toHaveLength(1)
    const of = (agent: string) => items[0]?.agents.find(({ name }) => name === agent)?.atoms
    expect(items[0]?.agents.map(({ name }) => name)).toEqual(['composer', 'planner', 'retriever', 'verifier'])
    expect(of('planner')).toBe(0)
    expect(of('verifier')).toBe(new Set(citations.map((citation) => (citation as { atom_id: string }).atom_id)).size)
    expect(of('retriever')).toBe(items[0]?.atoms)
    await ask('What fed the Tarnholm Light, then?')
    expect((await reach()).items[0]?.atoms).toBeGreaterThanOrEqual(items[0]?.atoms ?? 0)
    expect((await aia.json<{ items: object[] }>('GET', 'neural/graph/reach?tier=standard')).items).toEqual([])
  })

  it('counts no atom that is deleted', async () => {
    const reached = async () => (await aia.json<{ items: { atoms: number }[] }>('GET', 'neural/graph/reach')).items[0]?.atoms ?? 0
    const source = await aia.add('Quillback', 'The Quillback ferry crosses to Sorrel Point at noon.')
    await aia.json('POST', 'neural/process', { data: { question: 'When does the Quillback ferry cross?' } })
    const before = await reached()
    expect((await aia.call('DELETE', `neural/sources/${source}`)).ok).toBe(true)
    expect(await reached()).toBeLessThan(before)
  })

  it('has nothing that could drift, and no event names atoms that nobody fetches', async () => {
    expect(await aia.json('GET', 'neural/graph/drift')).toEqual({ adapter: 'postgres', agrees: null, waiting: 0, counts: [] })
    expect(await aia.json('POST', 'neural/graph/rebuild')).toEqual({ started: false })
    const { database } = aia.runtime.services
    const [owner] = await database.identity((tx) => tx.select().from(enterprises))
    const events = await database.tenant(owner?.id ?? '', (tx) => tx.select().from(outboxEvents))
    expect(events.filter(({ graphSequence }) => graphSequence !== null).length).toBeGreaterThan(0)
    expect(events.every(({ atoms }) => atoms === null)).toBe(true)
  })
})
