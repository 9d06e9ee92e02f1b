import { createCipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { DatabaseUnavailable } from '../storage/database/port.ts'
import { freshDatabase } from '../testing/database.ts'
import { freshPostgres, withoutPostgres } from '../testing/postgres.ts'
import { openKeyring } from './keyring.ts'
import { rotateWhenDue } from './rotation.ts'
import { dataKeys } from './tables.ts'

describe('keyring', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aia-keys-'))
  let database: Awaited<ReturnType<typeof freshDatabase>>
  const reopened = () => openKeyring(folder, database)
  const plain = new TextEncoder().encode('a secret')
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(async () => {
    await database.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  it('opens what it sealed, also after a restart', async () => {
    const sealed = (await reopened()).seal(plain, 'signing_keys/1')
    expect(text((await reopened()).open(sealed, 'signing_keys/1'))).toBe('a secret')
    expect(sealed).toMatch(/^v2\.1\./)
    expect(Buffer.from(sealed, 'base64url').toString()).not.toContain('a secret')
  })

  it('opens texts that older versions sealed with the installation’s key itself', async () => {
    const keyring = await reopened()
    const key = Buffer.from(readFileSync(join(folder, 'installation.key'), 'utf8'), 'base64').subarray(0, 32)
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('signing_keys/old'))
    const body = Buffer.concat([cipher.update(plain), cipher.final()])
    const old = ['v1', nonce.toString('base64url'), body.toString('base64url'), cipher.getAuthTag().toString('base64url')].join('.')
    expect(text(keyring.open(old, 'signing_keys/old'))).toBe('a secret')
    await keyring.rotate()
    expect(text((await reopened()).open(old, 'signing_keys/old'))).toBe('a secret')
    expect(() => keyring.open(old, 'signing_keys/other')).toThrow()
  })

  it('refuses a sealed text that was moved to another row or column, or relabelled with another key version', async () => {
    const keyring = await reopened()
    const sealed = keyring.seal(plain, 'totp/1/sealed_secret')
    expect(() => keyring.open(sealed, 'totp/2/sealed_secret')).toThrow()
    expect(() => keyring.open(sealed, 'totp/1/sealed_backup')).toThrow()
    const [, version, ...rest] = sealed.split('.')
    await keyring.rotate()
    expect(() => keyring.open(['v2', Number(version) + 1, ...rest].join('.'), 'totp/1/sealed_secret')).toThrow()
    expect(() => keyring.open(['v2', 99, ...rest].join('.'), 'totp/1/sealed_secret')).toThrow('data key 99')
  })

  it('refuses an altered text, a cut tag and anything else', async () => {
    const keyring = await reopened()
    const parts = keyring.seal(plain, 'row').split('.')
    const cut = Buffer.from(parts[4]!, 'base64url').subarray(0, 4).toString('base64url')
    expect(() => keyring.open([...parts.slice(0, 4), cut].join('.'), 'row')).toThrow('Not a sealed text')
    parts[3] = Buffer.from('b secret').toString('base64url')
    for (const wrong of [parts.join('.'), '', 'v2', 'v1.', 'v3.1.a.b.c', 'a secret']) expect(() => keyring.open(wrong, 'row')).toThrow()
  })

  it('rotates while everything stays open, wraps every data key anew and destroys what wraps nothing', async () => {
    const keyring = await reopened()
    const sealed = keyring.seal(plain, 'row')
    const before = keyring.state()
    const stored = () => database.identity((tx) => tx.select().from(dataKeys).orderBy(dataKeys.version))
    const [wrappedBefore] = await stored()
    await Promise.all([keyring.rotate(), ...Array.from({ length: 20 }, async () => expect(text(keyring.open(sealed, 'row'))).toBe('a secret'))])
    const after = keyring.state()
    expect(after.dataKey).toBe(before.dataKey + 1)
    expect(after.keyEncryptionKeys).toHaveLength(1)
    const rows = await stored()
    expect(new Set(rows.map((row) => row.keyEncryptionKey))).toEqual(new Set(after.keyEncryptionKeys))
    expect(rows[0]?.wrappedKey).not.toBe(wrappedBefore?.wrappedKey)
    for (const old of before.keyEncryptionKeys.filter((version) => version > 1))
      expect(existsSync(join(folder, `key-encryption-${old}.key`))).toBe(false)
    expect(keyring.seal(plain, 'row')).toMatch(new RegExp(`^v2\\.${after.dataKey}\\.`))
    expect(text((await reopened()).open(sealed, 'row'))).toBe('a secret')
  })

  it('keeps the old keys when the change beside a rotation fails', async () => {
    const keyring = await reopened()
    const before = keyring.state()
    await expect(
      keyring.rotate(async () => {
        throw new Error('the audit row failed')
      }),
    ).rejects.toThrow('the audit row failed')
    expect(keyring.state()).toEqual(before)
    expect((await reopened()).state().dataKey).toBe(before.dataKey)
  })

  it('rotates one after the other when asked twice at once', async () => {
    const keyring = await reopened()
    const { dataKey } = keyring.state()
    await Promise.all([keyring.rotate(), keyring.rotate()])
    expect(keyring.state().dataKey).toBe(dataKey + 2)
  })

  it('rotates by the clock after 90 days', async () => {
    const keyring = await reopened()
    const { dataKey, since } = keyring.state()
    expect(await rotateWhenDue(keyring, since.getTime() + 89 * 86_400_000)).toBe(false)
    expect(await rotateWhenDue(keyring, since.getTime() + 90 * 86_400_000)).toBe(true)
    expect(keyring.state().dataKey).toBe(dataKey + 1)
  })

  it('does not open with a wrapped key that was moved or altered in the database', async () => {
    const keyring = await reopened()
    const [first, second] = await database.identity((tx) => tx.select().from(dataKeys).orderBy(dataKeys.version))
    const store = (wrappedKey: string) => database.identity((tx) => tx.update(dataKeys).set({ wrappedKey }).where(eq(dataKeys.version, 1)))
    await store(second!.wrappedKey)
    await expect(reopened()).rejects.toThrow()
    await store(first!.wrappedKey)
    expect((await reopened()).state().dataKey).toBe(keyring.state().dataKey)
  })

  it('keeps the key files private, and says so when one is damaged', async () => {
    await (await reopened()).rotate()
    const newest = `key-encryption-${(await reopened()).state().keyEncryptionKeys.at(-1)}.key`
    for (const name of ['installation.key', newest]) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
    const other = mkdtempSync(join(folder, 'damaged-'))
    writeFileSync(join(other, 'installation.key'), readFileSync(join(folder, 'installation.key'), 'utf8').slice(0, 20))
    await expect(openKeyring(other, database)).rejects.toThrow('damaged')
  })
})

describe('keyrings of several processes on one PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aia-shared-keys-'))
  const times = { lookEveryMs: 50, opensOnlyMs: 3_000 }
  let database: Awaited<ReturnType<typeof freshPostgres>>
  beforeAll(async () => {
    if (!withoutPostgres) database = await freshPostgres()
  })
  afterAll(async () => {
    await database?.remove()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })
  async function opened() {
    const keyring = await openKeyring(folder, database, times)
    onTestFinished(keyring.close)
    return keyring
  }
  const plain = new TextEncoder().encode('a secret')
  const versionOf = (sealed: string) => Number(sealed.split('.')[1])

  it('open at every moment what another one seals, through a rotation and without a restart', async () => {
    const [one, other] = [await opened(), await opened()]
    const { dataKey } = await one.rotate()
    for (let sealedBy = 0; sealedBy < dataKey; await sleep(20)) {
      const sealed = one.seal(plain, 'row')
      expect(other.open(sealed, 'row')).toEqual(one.open(sealed, 'row'))
      sealedBy = versionOf(sealed)
    }
    await expect.poll(() => versionOf(other.seal(plain, 'row'))).toBe(dataKey)
  })

  it('rotate at once without losing a key, and tell which versions they made', async () => {
    const keyrings = [await opened(), await opened(), await opened()]
    const sealed = keyrings.map((keyring) => keyring.seal(plain, 'row'))
    const before = keyrings[0]?.state().dataKey ?? 0
    const made: number[] = []
    await Promise.all(keyrings.map((keyring) => keyring.rotate(async (_, { after }) => void made.push(after))))
    expect(made).toEqual([before + 1, before + 2, before + 3])
    for (const keyring of [...keyrings, await opened()]) {
      await expect.poll(() => keyring.state().dataKey).toBe(before + 3)
      for (const text of sealed) expect(keyring.open(text, 'row')).toEqual(Buffer.from(plain))
    }
  })

  it('ask for another try where the key is not known yet', async () => {
    const late = await openKeyring(folder, database, { ...times, lookEveryMs: 3_600_000 })
    onTestFinished(late.close)
    const one = await opened()
    const { dataKey } = await one.rotate()
    await expect.poll(() => versionOf(one.seal(plain, 'row'))).toBe(dataKey)
    const sealed = one.seal(plain, 'row')
    expect(() => late.open(sealed, 'row')).toThrow(DatabaseUnavailable)
    await expect.poll(() => Buffer.from(late.open(sealed, 'row'))).toEqual(Buffer.from(plain))
  })
})
