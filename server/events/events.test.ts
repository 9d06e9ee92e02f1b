import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publish } from '../storage/outbox/port.ts'
import { type Listening, listenTo } from '../testing/events.ts'
import { newPerson } from '../testing/people.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { mostStreams } from './follow.ts'

let aia: TestInstallation
let enterpriseId: string
beforeAll(async () => {
  aia = await startInstallation()
  enterpriseId = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
})
afterAll(() => aia.stop())

async function listen(token?: string, lastEventId?: string): Promise<Listening> {
  const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const listening = listenTo(await aia.call('GET', 'events', undefined, { ...(token ? { token } : {}), headers }))
  await listening.until(({ kind }) => kind === 'opened')
  return listening
}
const tell = (id = enterpriseId, atoms = 3) =>
  aia.runtime.services.database.tenant(id, (tx) => publish(tx, id, { kind: 'knowledge.changed', atoms: Array.from({ length: atoms }, (_, i) => i) }))

describe('the stream of events', () => {
  it('tells of a document from its place in the queue to its being ready, and of its end', async () => {
    const listening = await listen()
    const id = await aia.add('Ferry times', '# Ferry\n\nThe ferry to Ostrava leaves at nine.')
    await listening.until((event) => event.kind === 'source.state' && event.state === 'ready')
    expect(listening.heard.filter(({ kind }) => kind === 'source.state').map(({ state, id: of }) => [state, of])).toEqual([
      ['queued', id],
      ['processing', id],
      ['processing', id],
      ['ready', id],
    ])
    const changed = listening.heard.find(({ kind }) => kind === 'knowledge.changed')
    expect(changed?.atoms).toBeGreaterThan(0)
    // Small: not which atoms, but how many.
    expect(Object.keys(changed ?? {}).sort()).toEqual(['at', 'atoms', 'eventId', 'kind'])
    await aia.json('POST', 'neural/process', { data: { question: 'When does the ferry leave?' } })
    expect(await listening.until(({ kind }) => kind === 'answer.given')).toMatchObject({ status: 'answered', cached: false })
    await aia.call('DELETE', `neural/sources/${id}`)
    await listening.until((event) => event.state === 'removed')
    const numbers = listening.heard.map(({ eventId }) => Number(eventId?.split('.')[1]))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    await listening.close()
  })

  it('is answered unbuffered, and no stream stays open for a HEAD', async () => {
    const response = await aia.call('GET', 'events')
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    await response.body?.cancel()
    for (let i = 0; i <= mostStreams; i++) expect((await aia.call('HEAD', 'events')).status).toBe(200)
  })

  it('goes on after Last-Event-ID without a loss, whenever it was cut', async () => {
    const first = await listen()
    await tell(enterpriseId, 1)
    const { eventId } = await first.until(({ kind, atoms }) => kind === 'knowledge.changed' && atoms === 1)
    await first.close()
    for (const atoms of [2, 3, 4]) await tell(enterpriseId, atoms)
    const second = await listen(undefined, eventId)
    await tell(enterpriseId, 5)
    await second.until(({ atoms }) => atoms === 5)
    expect(second.heard.map(({ kind, atoms }) => atoms ?? kind)).toEqual(['opened', 2, 3, 4, 5])
    await second.close()
  })

  it.each(['nonsense', '00000000-0000-4000-8000-000000000000.7', `none.${2 ** 40}`])('says reset after a place that is not kept: %s', async (id) => {
    const listening = await listen(undefined, id)
    const reset = await listening.until(({ kind }) => kind === 'reset')
    await tell(enterpriseId, 9)
    await listening.until(({ atoms }) => atoms === 9)
    expect(listening.heard.map(({ kind }) => kind)).toEqual(['opened', 'reset', 'knowledge.changed'])
    await listening.close()
    // From the place that the reset named, it goes on.
    const again = await listen(undefined, reset.eventId)
    await again.until(({ atoms }) => atoms === 9)
    expect(again.heard.map(({ kind }) => kind)).toEqual(['opened', 'knowledge.changed'])
    await again.close()
  })

  it('tells another enterprise nothing, also with a place of the first', async () => {
    const stranger = await newPerson(aia)
    const own = await listen()
    await tell(enterpriseId, 1)
    const { eventId } = await own.until(({ atoms }) => atoms === 1)
    const theirs = await listen(await stranger.token(), eventId)
    await tell(enterpriseId, 2)
    await tell(stranger.enterpriseId, 77)
    await theirs.until(({ atoms }) => atoms === 77)
    await own.until(({ atoms }) => atoms === 2)
    expect(theirs.heard.flatMap(({ atoms }) => atoms ?? [])).toEqual([77])
    expect(own.heard.some(({ atoms }) => atoms === 77)).toBe(false)
    await Promise.all([own.close(), theirs.close()])
  })

  it('tells a person only what it may see', async () => {
    const partner = await newPerson(aia, 'partner', enterpriseId)
    const analyst = await newPerson(aia, 'analyst', enterpriseId)
    const [asPartner, asAnalyst, asOwner] = [await listen(await partner.token()), await listen(await analyst.token()), await listen()]
    const services = aia.runtime.services
    await services.database.tenant(enterpriseId, async (tx) => {
      await publish(tx, enterpriseId, { kind: 'administration.changed', operation: 'auth.grantAccess', permission: 'access.manage' })
      await publish(tx, enterpriseId, { kind: 'job.ended', id: 'a-job', name: 'starter', state: 'failed' })
    })
    const asked = await aia.json<{ id: string }>('POST', 'neural/process', { data: { question: 'Who rows the boat?' } })
    await tell(enterpriseId, 4)
    await Promise.all([asAnalyst.until(({ atoms }) => atoms === 4), asOwner.until(({ atoms }) => atoms === 4)])
    expect(asOwner.heard.map(({ kind }) => kind)).toEqual(['opened', 'administration.changed', 'job.ended', 'answer.given', 'knowledge.changed'])
    expect(asOwner.heard.find(({ kind }) => kind === 'answer.given')).toMatchObject({ id: asked.id })
    expect(asAnalyst.heard.map(({ kind }) => kind)).toEqual(['opened', 'answer.given', 'knowledge.changed'])
    // That something was asked, not what, nor by whom.
    const seen = asAnalyst.heard.find(({ kind }) => kind === 'answer.given')
    expect(seen).toMatchObject({ id: null })
    expect(JSON.stringify(seen)).not.toContain(asked.id)
    expect(asPartner.heard.map(({ kind }) => kind)).toEqual(['opened'])
    await Promise.all([asPartner, asAnalyst, asOwner].map((each) => each.close()))
  })

  it('ends when the session is revoked, and tells nothing after that', async () => {
    const analyst = await newPerson(aia, 'analyst', enterpriseId)
    const token = await analyst.token()
    const listening = await listen(token)
    await aia.call('POST', 'auth/logout', {}, { token })
    await listening.ended
    await tell(enterpriseId, 6)
    expect(listening.heard.map(({ kind }) => kind)).toEqual(['opened'])
    expect((await aia.call('GET', 'events', undefined, { token })).status).toBe(401)
  })

  it('is open so many times for a person and no more, and again when one is closed', async () => {
    const analyst = await newPerson(aia, 'analyst', enterpriseId)
    const token = await analyst.token()
    const open: Listening[] = []
    for (let i = 0; i < mostStreams; i++) open.push(await listen(token))
    const refused = await aia.call('GET', 'events', undefined, { token })
    expect([refused.status, refused.headers.get('retry-after'), ((await refused.json()) as { code: string }).code]).toEqual([
      429,
      '10',
      'rate_limited',
    ])
    await open[0]?.close()
    const again = await listen(token)
    await Promise.all([...open.slice(1), again].map((each) => each.close()))
  })

  it('is for those who are signed in, and no part of a batch', async () => {
    expect((await aia.call('GET', 'events', undefined, { token: null })).status).toBe(401)
    const response = await aia.call('POST', '/api/v2/batch', { operations: [{ method: 'GET', path: '/api/v2/events' }] })
    expect(response.status).toBe(400)
  })
})
