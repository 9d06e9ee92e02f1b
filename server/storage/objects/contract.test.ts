import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newBucket, withoutGcs } from '../../testing/gcs.ts'
import { fileObjects } from './files.ts'
import { openGcs } from './gcs.ts'
import type { ObjectStore } from './port.ts'

interface Subject {
  store: ObjectStore
  /** Puts other bytes in the place of an object, past the adapter. */
  damage(key: string): Promise<void>
  stop(): Promise<void>
}

const adapters: { name: string; missing: string | null; start(): Promise<Subject> }[] = [
  {
    name: 'files',
    missing: null,
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'aia-objects-'))
      return {
        store: fileObjects(folder),
        async damage(key) {
          const [enterprise = '', digest = ''] = key.split('/')
          writeFileSync(join(folder, enterprise, digest.slice(0, 2), digest), 'false')
        },
        stop: async () => rmSync(folder, { recursive: true, force: true }),
      }
    },
  },
  {
    name: 'gcs',
    missing: withoutGcs,
    async start() {
      const place = await newBucket()
      const store = await openGcs(place, { away: () => {}, back: () => {}, withoutLifecycle: () => {} })
      return {
        store,
        async damage(key) {
          const url = `${place.emulator}/upload/storage/v1/b/${place.bucket}/o?uploadType=media&name=${encodeURIComponent(key)}`
          expect((await fetch(url, { method: 'POST', body: 'false' })).ok).toBe(true)
        },
        async stop() {
          store.close()
          await place.drop()
        },
      }
    },
  },
]

const bytes = (text: string) => new TextEncoder().encode(text)

describe.each(adapters)('objects: $name', ({ name, missing, start }) => {
  let subject: Subject | undefined
  let store: ObjectStore
  beforeAll(async () => {
    if (missing) return
    subject = await start()
    store = subject.store
  })
  afterAll(() => subject?.stop())
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })

  it('gives back the bytes it was given, none as well as many', async () => {
    expect(store.adapter).toBe(name)
    // What is sent in pieces, with a last one that is not whole.
    for (const given of [bytes('hello'), new Uint8Array(0), randomBytes(19 * 1024 * 1024 + 7), randomBytes(300).subarray(100, 200)]) {
      const key = await store.put(randomUUID(), given)
      expect(Buffer.compare(await store.get(key), given), `${given.length} bytes`).toBe(0)
    }
  })
  it('stores the same bytes once, also when they come together', async () => {
    const enterprise = randomUUID()
    const large = randomBytes(9 * 1024 * 1024)
    for (const given of [bytes('a'), large]) {
      const keys = await Promise.all([store.put(enterprise, given), store.put(enterprise, given), store.put(enterprise, given)])
      expect(new Set([...keys, await store.put(enterprise, given)]).size).toBe(1)
      expect(Buffer.compare(await store.get(keys[0] as string), given)).toBe(0)
    }
    expect(await store.list(enterprise)).toHaveLength(2)
  })
  it('lists and deletes within one enterprise', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()]
    expect(await store.list(mine)).toEqual([])
    const keys = await Promise.all(Array.from({ length: 30 }, (_, i) => store.put(mine, bytes(`a${i}`))))
    await store.put(theirs, bytes('a0'))
    expect((await store.list(mine)).toSorted()).toEqual(keys.toSorted())
    for (const key of keys) await store.delete(key)
    await store.delete(keys[0] as string)
    expect([await store.list(mine), (await store.list(theirs)).length]).toEqual([[], 1])
    await expect(store.get(keys[0] as string)).rejects.toThrow()
  })
  it('refuses a key with path characters', async () => {
    for (const key of ['../../etc/passwd', `${randomUUID()}/../${'a'.repeat(64)}`]) {
      for (const call of [
        () => store.get(key),
        () => store.delete(key),
        () => store.downloadUrl(key, { fileName: 'a', contentType: 'text/plain' }),
      ]) {
        await expect(call().then((given) => given ?? Promise.reject(new Error('Not an object key')))).rejects.toThrow('Not an object key')
      }
    }
  })
  it('notices damaged bytes', async () => {
    const key = await store.put(randomUUID(), bytes('true'))
    await subject?.damage(key)
    await expect(store.get(key)).rejects.toThrow('damaged')
  })
  it('says that it answers', async () => {
    expect(await store.check()).toBe(true)
  })
  it('gives an address at which the bytes can be had, or none', async () => {
    const key = await store.put(randomUUID(), bytes('fetched'))
    const url = await store.downloadUrl(key, { fileName: 'Café “1”.txt', contentType: 'text/plain' })
    expect(url !== null).toBe(name === 'gcs')
    if (url === null) return
    expect(await (await fetch(url)).text()).toBe('fetched')
    const { searchParams } = new URL(url)
    expect(searchParams.get('X-Goog-Expires')).toBe('300')
    expect(searchParams.get('X-Goog-Signature')).toMatch(/^[0-9a-f]{512}$/)
    expect(searchParams.get('response-content-disposition')).toBe("attachment; filename*=UTF-8''Caf%C3%A9%20%E2%80%9C1%E2%80%9D.txt")
  })
})

it('files: says when its folder cannot be had', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aia-objects-'))
  writeFileSync(join(folder, 'file'), '')
  expect(await fileObjects(join(folder, 'file', 'objects')).check()).toBe(false)
  rmSync(folder, { recursive: true })
})
