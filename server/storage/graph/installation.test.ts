import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type OwnNeo4j, startNeo4j, withoutNeo4j } from '../../testing/neo4j.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { until } from '../../testing/until.ts'
import { randomBy } from './random-graph.fixture.ts'

interface Drift {
  agrees: boolean | null
  waiting: number
  counts: { what: string; postgres: number; neo4j: number }[]
}

describe('an installation with Neo4j', () => {
  let neo4j: OwnNeo4j
  let aia: TestInstallation
  beforeAll(async () => {
    if (withoutNeo4j) return
    neo4j = await startNeo4j()
    const { url, user, password } = neo4j.address
    aia = await startInstallation({ NEO4J_URL: url, NEO4J_USER: user, NEO4J_PASSWORD: password })
  })
  afterAll(async () => {
    await aia?.stop()
    await neo4j?.stop()
  })
  beforeEach((context) => {
    if (withoutNeo4j) context.skip(withoutNeo4j)
  })

  const drift = () => aia.json<Drift>('GET', 'neural/graph/drift')
  const state = async () => (await aia.runtime.parts()).graph?.state
  /** A Neo4j that has just come up on a busy machine may be slow enough to be taken for one that is away. */
  const settled = () => until(async () => (await state()) === 'up' && (await drift().catch(() => null))?.agrees === true)

  it('agrees with the database after a load in the middle of which Neo4j was killed and started again', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomBy(seed)
    const names = ['Tarnholm', 'Skerrin', 'Ulvay', 'Brennan', 'Costa', 'Dunmore']
    const sources: string[] = []
    let written = 0
    const name = () => names[Math.floor(random() * names.length)] as string
    /** Something is added, deleted, asked or looked at; nothing of it may fail. */
    async function one(): Promise<void> {
      const kind = random()
      if (kind < 0.5 || sources.length < 2) {
        const text = `# ${name()} ${written}\n\nThe harbour of ${name()} lies behind ${name()}.\n\n## Pilots\n\nStation ${written++} answers to ${name()} and ${name()}.`
        sources.push(await aia.add(`Note ${written}`, text))
      } else if (kind < 0.7) {
        const [id] = sources.splice(Math.floor(random() * sources.length), 1)
        await aia.json('DELETE', `neural/sources/${id}`)
      } else if (kind < 0.85) await aia.json('POST', 'neural/process', { data: { question: `Where does the harbour of ${name()} lie, ${written}?` } })
      else await aia.json('GET', 'neural/graph?budget=50')
    }
    const load = async (count: number) => {
      for (let i = 0; i < count; i++) await one()
    }
    await load(12)
    await settled()

    await load(4)
    neo4j.kill()
    await load(12)
    expect(await state(), `seed ${seed}`).toBe('degraded')
    expect((await aia.call('GET', 'neural/graph/drift')).status).toBe(503)
    const starting = neo4j.start()
    await load(6)
    await starting
    await load(4)
    await settled()
    const { waiting, counts } = await drift()
    expect(waiting).toBe(0)
    for (const { what, postgres, neo4j: there } of counts) expect(there, `${what}, seed ${seed}`).toBe(postgres)
    expect(counts.find(({ what }) => what === 'atoms')?.postgres).toBeGreaterThan(10)
    expect(counts.find(({ what }) => what === 'atoms processed by agents')?.postgres).toBeGreaterThan(0)
  }, 300_000)

  it('answers from Neo4j what it answers from the database, and is built anew when asked', async () => {
    const { items } = await aia.json<{ items: { id: string }[] }>('GET', 'neural/atoms')
    const atom = items[0]?.id
    const asked = [
      'neural/graph?budget=40',
      `neural/graph?atom_id=${atom}&depth=3`,
      'neural/graph/reach',
      `neural/graph/path?from=${atom}&to=${items.at(-1)?.id}`,
    ]
    const answers = () => Promise.all(asked.map((path) => aia.json('GET', path)))
    const fromNeo4j = await answers()
    // Until it has been built anew, the database answers.
    expect(await aia.json('POST', 'neural/graph/rebuild')).toEqual({ started: true })
    expect(await answers()).toEqual(fromNeo4j)
    await settled()
    expect(await answers()).toEqual(fromNeo4j)
  })

  it('does not start with a wrong address or password, and says which variable is wrong', async () => {
    const { url, user, password } = neo4j.address
    const line = (variable: string) => new RegExp(`^AIA cannot start: ${variable}: [^\\n]+\\.$`)
    await expect(startInstallation({ NEO4J_URL: 'bolt://127.0.0.1:9', NEO4J_PASSWORD: 'hush' })).rejects.toThrow(line('NEO4J_URL'))
    const refused = startInstallation({ NEO4J_URL: url, NEO4J_USER: user, NEO4J_PASSWORD: `${password}x` })
    await expect(refused).rejects.toThrow(line('NEO4J_PASSWORD'))
    await expect(refused).rejects.not.toThrow(password)
  })
})
