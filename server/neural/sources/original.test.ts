import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { objectPlaces } from '../../testing/gcs.ts'
import { newPerson } from '../../testing/people.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'

describe.each(objectPlaces)('the original of a source, in $name', ({ name, missing, more }) => {
  let aia: TestInstallation
  let drop = async () => {}
  beforeAll(async () => {
    if (missing) return
    const place = await more()
    drop = place.drop
    aia = await startInstallation(place.variables)
  })
  afterAll(async () => {
    await aia?.stop()
    await drop()
  })
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })

  async function upload(fileName: string, type: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const form = new FormData()
    form.append('file', new File([bytes], fileName, { type }))
    const answer = await aia.call('POST', 'neural/sources', form)
    const { id } = (await answer.json()) as { id: string }
    await aia.settled(id)
    return id
  }
  const original = (id: string, token?: string | null) =>
    aia.call('GET', `neural/sources/${id}/original`, undefined, token === undefined ? {} : { token })
  async function fetched(answer: Response): Promise<{ bytes: Uint8Array; disposition: string | null; type: string | null }> {
    expect(answer.status).toBe(name === 'gcs' ? 302 : 200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const location = answer.headers.get('location')
    if (!location) {
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
      return {
        bytes: new Uint8Array(await answer.arrayBuffer()),
        disposition: answer.headers.get('content-disposition'),
        type: answer.headers.get('content-type'),
      }
    }
    const given = new URL(location).searchParams
    const bytes = new Uint8Array(await (await fetch(location)).arrayBuffer())
    return { bytes, disposition: given.get('response-content-disposition'), type: given.get('response-content-type') }
  }

  it('is what was given, byte for byte, as a file to be kept', async () => {
    // A byte order mark and a line break of Windows, which the stored text may have otherwise.
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode('# Café\r\n\r\nOpens at nine.')])
    const id = await upload('notes/Café “1”.md', 'text/markdown', bytes)
    const got = await fetched(await original(id))
    expect(Buffer.compare(got.bytes, bytes)).toBe(0)
    expect(got).toMatchObject({ type: 'text/markdown', disposition: "attachment; filename*=UTF-8''Caf%C3%A9%20%E2%80%9C1%E2%80%9D.md" })
  })

  it('is nothing that a browser would run, whatever it says of itself', async () => {
    const id = await upload('evil.html', 'text/html', new TextEncoder().encode('<h1>Ferry</h1><p>It leaves at nine.</p><script>alert(1)</script>'))
    expect(await fetched(await original(id))).toMatchObject({
      type: 'application/octet-stream',
      disposition: "attachment; filename*=UTF-8''evil.html",
    })
    const named = await aia.add('../..\u202e\u0007 a/b "c"', 'A lamp stands in room 7.', 'text/plain')
    const { disposition } = await fetched(await original(named))
    expect(decodeURIComponent(disposition?.split("''")[1] ?? '')).toMatch(/^[^\p{C}/\\"]+\.txt$/u)
  })

  it('is for those who may read the source, and not there for others', async () => {
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const [open, shut] = [await aia.add('Open', 'A chair stands in room 8.'), await aia.add('Shut', 'A desk stands in room 9.')]
    const partner = await newPerson(aia, 'partner', enterprise.id)
    const token = await partner.token()
    expect((await original(open, token)).status).toBe(403)
    await aia.json('POST', 'auth/grants', { kind: 'source', resource_id: open, permission: 'knowledge.read', person_id: partner.id })
    expect(new TextDecoder().decode((await fetched(await original(open, token))).bytes)).toContain('room 8')
    expect((await original(shut, token)).status).toBe(404)
    expect((await original(open, await (await newPerson(aia, 'owner')).token())).status).toBe(404)
    expect((await original(open, null)).status).toBe(401)
  })
})
