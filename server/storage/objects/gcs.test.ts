import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../../gateway/log.ts'
import { type Between, between, newBucket, withoutGcs } from '../../testing/gcs.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { until } from '../../testing/until.ts'
import { openGcs } from './gcs.ts'
import { type ObjectStore, ObjectsUnavailable } from './port.ts'

beforeEach((context) => {
  if (withoutGcs) context.skip(withoutGcs)
})

describe('what is sent to Google Cloud Storage', () => {
  let bucket: Awaited<ReturnType<typeof newBucket>>
  let middle: Between
  let store: ObjectStore
  const told: string[] = []
  const watcher = { away: () => void told.push('away'), back: () => void told.push('back'), withoutLifecycle: () => void told.push('no rules') }
  beforeAll(async () => {
    if (withoutGcs) return
    bucket = await newBucket()
    middle = await between()
    store = await openGcs({ ...bucket, emulator: middle.origin }, watcher)
  })
  afterAll(async () => {
    store?.close()
    await middle?.stop()
    await bucket?.drop()
  })
  beforeEach(() => {
    if (withoutGcs) return
    middle.meddle = null
    middle.falsify = null
    middle.seen.length = 0
  })
  const uploads = () => middle.seen.filter(({ url }) => url.startsWith('/upload/'))

  it('asks that nothing is overwritten, and names the checksum of what it sends', async () => {
    await store.put(randomUUID(), randomBytes(1_000))
    const [only, ...others] = uploads()
    expect(others).toEqual([])
    expect(only?.url).toContain('uploadType=multipart')
    expect(only?.url).toContain('ifGenerationMatch=0')
    expect(only?.body.toString('latin1')).toMatch(/"crc32c":"[\w+/]{6}=="/)
  })

  it.each([
    ['only the piece again that was lost on the way', true, [8, 8, 8, 4]],
    ['all of it again when the store has lost what it had', false, [8, 8, 8, 8, 4]],
  ])('sends what is large in pieces, and %s', async (_what, isKept, expected) => {
    const given = randomBytes(20 * 1024 * 1024)
    let isCut = false
    middle.meddle = ({ method, headers }) => {
      const range = String(headers['content-range'])
      // How far it has come: what the store says; the emulator says that it has nothing.
      if (isKept && isCut && range.startsWith('bytes */')) return { status: 308, headers: { range: 'bytes=0-8388607' } }
      if (isCut || method !== 'PUT' || !range.startsWith('bytes 8388608-')) return undefined
      isCut = true
      return 'cut'
    }
    const key = await store.put(randomUUID(), given)
    expect(isCut).toBe(true)
    expect(Buffer.compare(await store.get(key), given)).toBe(0)
    const [first, ...pieces] = uploads()
    expect(first?.url).toContain('uploadType=resumable')
    expect(first?.url).toContain('ifGenerationMatch=0')
    expect(first?.body.toString()).toMatch(/"crc32c":"[\w+/]{6}=="/)
    const sent = pieces.filter(({ method, body }) => method === 'PUT' && body.length > 0)
    expect(sent.map(({ body }) => body.length)).toEqual(expected.map((mib) => mib * 1024 * 1024))
  })

  it('does not take for stored what the store has otherwise, nor for read what was changed on the way', async () => {
    middle.falsify = ({ url }, body) =>
      url.startsWith('/upload/') ? Buffer.from(body.toString().replace(/"crc32c":"[^"]*"/, '"crc32c":"AAAAAA=="')) : body
    await expect(store.put(randomUUID(), randomBytes(1_000))).rejects.toThrow()
    middle.falsify = null
    const key = await store.put(randomUUID(), randomBytes(1_000))
    middle.falsify = ({ url }, body) => (url.includes('alt=media') ? Buffer.concat([body.subarray(1), body.subarray(0, 1)]) : body)
    await expect(store.get(key)).rejects.toThrow('damaged')
  })

  it('tries again what fails for a moment, and gives up as unavailable what fails longer', async () => {
    const key = await store.put(randomUUID(), randomBytes(100))
    let failures = 2
    middle.meddle = () => (failures-- > 0 ? 503 : undefined)
    expect(await store.get(key)).toHaveLength(100)
    expect(told.filter((what) => what === 'away')).toEqual([])
    for (const fate of [503, 'cut'] as const) {
      middle.meddle = () => fate
      const calls = [() => store.get(key), () => store.put(randomUUID(), randomBytes(100)), () => store.list(randomUUID()), () => store.delete(key)]
      for (const result of await Promise.allSettled(calls.map((call) => call()))) {
        expect(result).toMatchObject({ status: 'rejected', reason: expect.any(ObjectsUnavailable) })
      }
      expect(await store.check()).toBe(false)
      middle.meddle = null
      await until(() => told.at(-1) === 'back')
    }
    expect(told.filter((what) => what !== 'no rules')).toEqual(['away', 'back', 'away', 'back'])
    expect(await store.get(key)).toHaveLength(100)
  })

  it.each(['cut within', 'silent within'] as const)('does not wait for ever for an object whose connection is %s its body', async (fate) => {
    const key = await store.put(randomUUID(), randomBytes(100))
    const impatient = await openGcs({ ...bucket, emulator: middle.origin }, watcher, 1_000)
    middle.meddle = ({ url }) => (url.includes('alt=media') ? fate : undefined)
    await expect(impatient.get(key)).rejects.toBeInstanceOf(ObjectsUnavailable)
    middle.meddle = null
    await until(() => told.at(-1) === 'back')
    expect(await impatient.get(key)).toHaveLength(100)
    impatient.close()
  })

  it('adds the rule for what was deleted to those of the bucket, once', async () => {
    const theirs = { action: { type: 'SetStorageClass', storageClass: 'NEARLINE' }, condition: { age: 90 } }
    let rules: unknown[] = [theirs]
    // The emulator knows no rules: it refuses them, and says nothing of them.
    middle.falsify = ({ method, url }, body) => {
      if (method !== 'GET' || !/\/b\/[^/?]+(?:\?|$)/.test(url)) return body
      return Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), metageneration: '7', lifecycle: { rule: rules } }))
    }
    middle.meddle = ({ method, body }) => {
      if (method !== 'PATCH') return undefined
      rules = (JSON.parse(body.toString()) as { lifecycle: { rule: unknown[] } }).lifecycle.rule
      return 200
    }
    const open = async () => (await openGcs({ ...bucket, emulator: middle.origin }, watcher)).close()
    told.length = 0
    await open()
    expect(rules).toEqual([theirs, { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 7 } }])
    await open()
    const patches = middle.seen.filter(({ method }) => method === 'PATCH')
    expect(patches.map(({ url }) => url.includes('ifMetagenerationMatch=7'))).toEqual([true])
    expect(told).toEqual([])
    middle.meddle = ({ method }) => (method === 'PATCH' ? 403 : undefined)
    rules = []
    await open()
    expect(told).toEqual(['no rules'])
  })

  it('stops the start with one line that names the variable', async () => {
    const refused = (place: Parameters<typeof openGcs>[0]) =>
      openGcs(place, watcher).then(
        () => 'It was opened.',
        (error: Error) => error.message,
      )
    expect(await refused({ ...bucket, bucket: 'aia-nowhere' })).toBe(
      `AIA cannot start: GCS_BUCKET: there is no bucket aia-nowhere at ${bucket.emulator}.`,
    )
    expect(await refused({ ...bucket, emulator: 'http://127.0.0.1:1' })).toMatch(
      /^AIA cannot start: STORAGE_EMULATOR_HOST and GCS_BUCKET: Google Cloud Storage cannot be used at http:\/\/127\.0\.0\.1:1 \([^\n]+\)\.$/,
    )
    middle.meddle = () => 403
    expect(await refused({ ...bucket, emulator: middle.origin })).toMatch(
      /^AIA cannot start: GCS_BUCKET: bucket \S+ may not be read with the credentials of this machine \([^\n]+\)\.$/,
    )
  })
})

describe('an installation with its objects in Google Cloud Storage', () => {
  let bucket: Awaited<ReturnType<typeof newBucket>>
  let middle: Between
  let aia: TestInstallation
  const lines: string[] = []
  beforeAll(async () => {
    if (withoutGcs) return
    bucket = await newBucket()
    middle = await between()
    const log = createLogger('info', { write: (line) => void lines.push(line) })
    aia = await startInstallation({ GCS_BUCKET: bucket.bucket, STORAGE_EMULATOR_HOST: middle.origin }, undefined, log)
  })
  afterAll(async () => {
    await aia?.stop()
    await middle?.stop()
    await bucket?.drop()
  })
  const state = async () => (await aia.runtime.parts()).objects
  const source = (content: string) => ({ title: 'Policy', content, content_type: 'text/plain' })

  it('answers without them, refuses what needs them with 503, and lets what was accepted wait', async () => {
    await aia.add('Leave policy', 'Every employee receives 28 days of paid leave per year.')
    expect(await state()).toEqual({ adapter: 'gcs', ready: true, state: 'up' })

    // Accepted, but its bytes cannot be read yet.
    middle.meddle = ({ url }) => (url.includes('alt=media') ? 503 : undefined)
    const { id } = await aia.json<{ id: string }>('POST', 'neural/sources', source('Lamps stand in room 7.'))
    middle.meddle = () => 'cut'
    const refused = await aia.call('POST', 'neural/sources', source('Chairs stand in room 8.'))
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { code: 'unavailable', detail: expect.stringContaining('store of originals') },
    ])
    expect(await state()).toEqual({ adapter: 'gcs', ready: true, state: 'degraded' })
    expect(await aia.json('POST', 'neural/process', { data: { question: 'How many days of paid leave are there?' } })).toMatchObject({
      status: 'answered',
    })
    await until(() => lines.some((line) => line.includes('what the job needs is away')))
    expect(await aia.json('GET', `neural/sources/${id}`)).toMatchObject({ state: 'processing' })

    middle.meddle = null
    expect(await aia.settled(id)).toBe('ready')
    await until(async () => (await state())?.state === 'up')
    await aia.add('Chairs', 'Chairs stand in room 8.')
    const said = (text: string) => lines.filter((line) => line.includes(text)).length
    expect([said('Google Cloud Storage is away'), said('Google Cloud Storage is back')]).toEqual([1, 1])
    // The call that was refused.
    expect(said('"level":"error"')).toBe(1)
  })
})
