import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enterprises } from '../../enterprise/tables.ts'
import { rows } from '../../storage/database/port.ts'
import { freshFolder, startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { until } from '../../testing/until.ts'
import { retrieve } from '../asking/passages.ts'
import type { ProcessResult } from '../contract.ts'
import { lexicalIndexOf } from '../engine.ts'
import { priorModel } from '../ranking/model.ts'
import { embedAtoms } from './embed.ts'
import { type EmbeddingsSandbox, embeddingsSandbox } from './endpoint.fixture.ts'
import { vectorsOf } from './engine.ts'
import { tinyModel } from './model.fixture.ts'
import { storeVectors } from './stored.ts'

let sandbox: EmbeddingsSandbox
let aia: TestInstallation
let enterpriseId: string

const variables = () => ({ AIA_EMBEDDINGS_URL: sandbox.url, AIA_EMBEDDINGS_MODEL: 'sandbox' })
const enterpriseOf = async ({ runtime }: TestInstallation) =>
  (await runtime.services.database.identity((tx) => tx.select({ id: enterprises.id }).from(enterprises)))[0]?.id as string

beforeAll(async () => {
  sandbox = await embeddingsSandbox()
})
afterAll(() => sandbox?.close())
beforeEach(() => {
  sandbox.behaviour = 'works'
  sandbox.dimension = 256
})

const vectors = () => vectorsOf(aia.runtime.services) as NonNullable<ReturnType<typeof vectorsOf>>
const query = <T extends object>(statement: ReturnType<typeof sql>, of = aia, enterprise = enterpriseId) =>
  of.runtime.services.database.tenant(enterprise, (tx) => rows<T>(tx, statement))

interface Coverage {
  atoms: number
  vectors: number
}
const coverage = async (of = aia, enterprise = enterpriseId): Promise<Coverage> =>
  (
    await query<Coverage>(
      sql`select (select count(*)::int from knowledge_atoms) as atoms, (select count(*)::int from atom_vectors) as vectors`,
      of,
      enterprise,
    )
  )[0] as Coverage

const embedded = (of = aia, enterprise = enterpriseId) =>
  until(async () => {
    const { atoms, vectors: stored } = await coverage(of, enterprise)
    return atoms > 0 && stored === atoms
  })
const ask = (question: string) =>
  aia.json<ProcessResult>('POST', 'neural/process', { data: { question }, processing_type: 'advanced', enterprise_tier: 'fortune_500' })

async function found(question: string, withVector: boolean): Promise<string[]> {
  const { services } = aia.runtime
  const vector = withVector ? await vectors().embedder.question(question) : null
  const meaning = vector ? { index: vectors().index, model: vectors().embedder.model, vector } : null
  const request = { question, mode: 'advanced', limit: 5, nodes: 1_000, model: priorModel, meaning } as const
  const { passages } = await retrieve(services.database, lexicalIndexOf(services), enterpriseId, request)
  return passages.map(({ text }) => text)
}

const medic = 'The physician checks remuneration tables every spring.'
const paraphrase = 'doctor salary'

describe('vectors from an endpoint', () => {
  beforeAll(async () => {
    aia = await startInstallation(variables())
    enterpriseId = await enterpriseOf(aia)
  })
  afterAll(() => aia?.stop())
  beforeEach(() => {
    vectors().restsUntil = 0
  })

  it('come to every atom after a source was read, each text sent once', async () => {
    await aia.add('Clinic', medic, 'text/plain')
    await aia.add('Garden', '# Garden\n\nRoses need water.\n\n## Trees\n\nApple trees bloom in April.')
    await aia.add('Harbour', 'Ships unload grain at the northern quay.', 'text/plain')
    await embedded()
    const sent = sandbox.calls.flat()
    expect(sent.filter((text) => text.includes(medic))).toEqual([`Clinic\n${medic}`])
    expect(new Set(sent).size).toBe(sent.length)
  })

  it('find a paraphrase that shares no word with the atom, which words alone do not', async () => {
    expect(await found(paraphrase, false)).toEqual([])
    expect((await found(paraphrase, true))[0]).toBe(medic)
    const { id } = await ask(paraphrase)
    const [result] = await query<{ signals: { atomId: string; signals: { bm25: number; latent: number } }[] }>(
      sql`select signals from results where id = ${id}::uuid`,
    )
    const [atom] = await query<{ id: string }>(sql`select id from knowledge_atoms where text = ${medic}`)
    expect(result?.signals.find(({ atomId }) => atomId === atom?.id)?.signals).toMatchObject({ bm25: 0, latent: expect.closeTo(0.5, 5) })
  })

  it('stand beside words: what fits by both comes first', async () => {
    await aia.add('Depot', 'The automobile was parked behind the depot.', 'text/plain')
    await aia.add('Bakery', 'The bakery behind the depot sells bread.', 'text/plain')
    await embedded()
    expect((await found('car left behind depot', true))[0]).toBe('The automobile was parked behind the depot.')
  })

  it('drop cached answers: they were made without them', async () => {
    await aia.add('Ferry', 'The ferry sails at seven.', 'text/plain')
    await embedded()
    await ask('When does the ferry sail?')
    expect((await ask('When does the ferry sail?')).cached).toBe(true)
    await query(sql`delete from atom_vectors where atom = (select number from knowledge_atoms where text = 'The ferry sails at seven.')`)
    await embedAtoms(aia.runtime.services.database, vectors().embedder, enterpriseId, null)
    expect((await ask('When does the ferry sail?')).cached).toBe(false)
  })

  it('are made again when the words of an atom change', async () => {
    const text = 'Identical words about turbines and their blades.'
    const digest = async () =>
      (
        await query<{ text_digest: string }>(sql`select v.text_digest from atom_vectors v
      join knowledge_atoms a on a.enterprise_id = v.enterprise_id and a.number = v.atom where a.text = ${text}`)
      )[0]?.text_digest
    await aia.add('Wind power', text, 'text/plain')
    await embedded()
    const before = await digest()
    await aia.add('An older title', text, 'text/plain')
    await until(async () => sandbox.calls.flat().includes(`An older title\n${text}`) && (await digest()) !== before)
    expect((await coverage()).vectors).toBe((await coverage()).atoms)
  })

  it('go with their atoms, from the table and from search', async () => {
    const text = 'The vehicle inspection is due in May.'
    const id = await aia.add('Inspection', text, 'text/plain')
    await embedded()
    expect((await found('car', true))[0]).toBe(text)
    const [atom] = await query<{ number: number }>(sql`select number from knowledge_atoms where text = ${text}`)
    expect((await aia.call('DELETE', `neural/sources/${id}`)).status).toBe(200)
    expect(await query(sql`select atom from atom_vectors where atom = ${atom?.number ?? -1}`)).toEqual([])
    const { atoms, vectors: stored } = await coverage()
    expect(stored).toBe(atoms)
    const left = await found('car', true)
    expect(left).not.toContain(text)
    expect(left[0]).toContain('automobile')
  })

  it.each([
    [1, 'fails'],
    [2, 'garbage'],
    [3, 'hangs'],
    [4, 'redirects'],
  ] as const)('are done without when the endpoint does not work (%i: %s)', async (n, behaviour) => {
    sandbox.behaviour = behaviour
    const { abandoned } = sandbox
    const result = await ask(`Where do ships unload grain${'?'.repeat(n)}`)
    expect(result.citations.map(({ quote }) => quote)).toContain('Ships unload grain at the northern quay.')
    // The hanging call was given up; it never came to an end by itself.
    if (behaviour === 'hangs') await until(async () => sandbox.abandoned === abandoned + 1)
    // One failure is enough for a while: the next question does not try.
    const calls = sandbox.calls.length
    await ask(`Where do the ships unload grain${'?'.repeat(n)}`)
    expect(sandbox.calls.length).toBe(calls)
  })

  it('do without a question vector of another dimension', async () => {
    sandbox.dimension = 32
    const result = await ask('Where do ships unload grain today?')
    expect(result.citations.map(({ quote }) => quote)).toContain('Ships unload grain at the northern quay.')
  })

  it('of another dimension are refused, and follow with the next source once the endpoint is right', async () => {
    const before = await coverage()
    sandbox.dimension = 32
    const calls = sandbox.calls.length
    await aia.add('Mill', 'The mill grinds rye.', 'text/plain')
    await until(async () => sandbox.calls.length > calls && vectors().behind.has(enterpriseId))
    expect(await coverage()).toEqual({ atoms: before.atoms + 1, vectors: before.vectors })
    sandbox.dimension = 256
    await aia.add('Forge', 'The forge bends iron.', 'text/plain')
    await embedded()
  })

  it('are missing only for a text that the endpoint does not take', async () => {
    const before = await coverage()
    sandbox.behaviour = 'refuses poison'
    await aia.add('Chemistry', '# Acids\n\nAcids burn.\n\n# Toxins\n\nEvery poison has a dose.\n\n# Salts\n\nSalts dissolve.')
    await until(async () => {
      const { atoms, vectors: stored } = await coverage()
      return atoms > before.atoms && stored === atoms - 1
    })
    const [left] = await query<{ text: string }>(
      sql`select text from knowledge_atoms a where not exists (select 1 from atom_vectors v where v.atom = a.number)`,
    )
    expect(left?.text).toContain('poison')
  })

  it('of one enterprise are out of reach of another', async () => {
    const { database } = aia.runtime.services
    const other = randomUUID()
    await database.identity((tx) => tx.insert(enterprises).values({ id: other, name: 'Other', tier: 'fortune_500' }))
    const vector = await vectors().embedder.question(paraphrase)
    const search = (caller: string, of: string) => database.tenant(caller, (tx) => vectors().index.search(tx, of, 'sandbox', vector, 5))
    expect((await search(enterpriseId, enterpriseId)).length).toBeGreaterThan(0)
    expect(await search(other, other)).toEqual([])
    // Even by the other's name, and although this process holds those vectors: the database lets none through.
    expect(await search(other, enterpriseId)).toEqual([])
    expect(await query(sql`select atom from atom_vectors`, aia, other)).toEqual([])
    const [atom] = await query<{ number: number }>(sql`select min(number) as number from knowledge_atoms`)
    const stray = [{ number: atom?.number as number, digest: 'x', vector }]
    await database.tenant(other, (tx) => storeVectors(tx, enterpriseId, 'sandbox', stray))
    expect(await query(sql`select atom from atom_vectors where text_digest = 'x'`)).toEqual([])
  })

  it('are never asked for inside a transaction', async () => {
    const { database } = aia.runtime.services
    await expect(database.tenant(enterpriseId, () => vectors().embedder.question('x'))).rejects.toThrow('inside an open transaction')
  })
})

describe('a start with an endpoint', () => {
  it('embeds what is known already, and a new model embeds it again', async () => {
    const folder = await freshFolder()
    const without = await startInstallation({}, folder)
    await without.add('Lighthouse', 'The lighthouse blinks twice a minute.', 'text/plain')
    const enterprise = await enterpriseOf(without)
    expect(await coverage(without, enterprise)).toEqual({ atoms: 1, vectors: 0 })
    await without.runtime.close()
    const withOne = await startInstallation(variables(), folder)
    await embedded(withOne, enterprise)
    await withOne.runtime.close()
    const models = (of: TestInstallation) => query<{ model: string }>(sql`select model from atom_vectors`, of, enterprise)
    sandbox.dimension = 64
    const withAnother = await startInstallation({ ...variables(), AIA_EMBEDDINGS_MODEL: 'another' }, folder)
    await until(async () => (await models(withAnother))[0]?.model === 'another')
    await withAnother.stop()
  })
})

describe('a start with a model in a folder', () => {
  it('embeds, finds a paraphrase, and embeds again when the model is another one', async () => {
    const health = [0, 9, 0]
    const money = [0, 0, 9]
    const words = { physician: health, doctor: health, remuneration: money, salary: money }
    const model = await tinyModel(words)
    const folder = await freshFolder()
    const models = () => query<{ model: string }>(sql`select distinct model from atom_vectors`)
    aia = await startInstallation({ AIA_EMBEDDINGS_DIR: model.folder }, folder)
    enterpriseId = await enterpriseOf(aia)
    await aia.add('Harbour', 'Ships unload grain at the northern quay.', 'text/plain')
    await aia.add('Clinic', medic, 'text/plain')
    await embedded()
    expect(await found(paraphrase, false)).toEqual([])
    expect((await found(paraphrase, true))[0]).toBe(medic)
    const before = await models()
    expect(before).toEqual([{ model: expect.stringMatching(/^onnx:/) }])
    await aia.runtime.close()

    const another = await tinyModel({ ...words, grain: money })
    aia = await startInstallation({ AIA_EMBEDDINGS_DIR: another.folder }, folder)
    await until(async () => (await models()).every(({ model: name }) => name !== before[0]?.model))
    await embedded()
    expect(await models()).toHaveLength(1)
    await aia.stop()
    await Promise.all([model.remove(), another.remove()])
  })

  it('stops in one line before it has made anything when the folder does not do', async () => {
    const model = await tinyModel({ word: [1] })
    await model.put('tokenizer.json', null)
    const home = await mkdtemp(join(tmpdir(), 'aia-no-start-'))
    await expect(startInstallation({ AIA_EMBEDDINGS_DIR: model.folder }, home)).rejects.toThrow(
      `AIA cannot start: AIA_EMBEDDINGS_DIR=${model.folder} lacks tokenizer.json.`,
    )
    expect(await readdir(home)).toEqual([])
    await Promise.all([model.remove(), rm(home, { recursive: true })])
  })
})
