import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileObjects } from './files.ts'
import type { ObjectStore } from './port.ts'

const folder = mkdtempSync(join(tmpdir(), 'aia-objects-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const adapters: Record<string, () => ObjectStore> = { files: () => fileObjects(folder) }
const bytes = (text: string) => new TextEncoder().encode(text)

describe.each(Object.entries(adapters))('objects: %s', (_name, make) => {
  it('gives back the bytes it was given', async () => {
    const store = make()
    const key = await store.put(randomUUID(), bytes('hello'))
    expect(Buffer.from(await store.get(key)).toString()).toBe('hello')
  })
  it('stores the same bytes once', async () => {
    const [store, enterprise] = [make(), randomUUID()]
    expect(await store.put(enterprise, bytes('a'))).toBe(await store.put(enterprise, bytes('a')))
    expect(await store.list(enterprise)).toHaveLength(1)
  })
  it('lists and deletes within one enterprise', async () => {
    const [store, mine, theirs] = [make(), randomUUID(), randomUUID()]
    const key = await store.put(mine, bytes('a'))
    await store.put(theirs, bytes('a'))
    await store.delete(key)
    expect([await store.list(mine), (await store.list(theirs)).length]).toEqual([[], 1])
    await expect(store.get(key)).rejects.toThrow()
  })
  it('refuses a key with path characters', async () => {
    await expect(make().get('../../etc/passwd')).rejects.toThrow('Not an object key')
  })
})

it('files: notices damaged bytes', async () => {
  const [store, enterprise] = [fileObjects(folder), randomUUID()]
  const key = await store.put(enterprise, bytes('true'))
  const digest = key.split('/')[1] ?? ''
  writeFileSync(join(folder, enterprise, digest.slice(0, 2), digest), 'false')
  await expect(store.get(key)).rejects.toThrow('damaged')
})
