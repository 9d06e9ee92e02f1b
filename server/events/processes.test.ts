import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Listening, listenTo } from '../testing/events.ts'
import { newPostgres, withoutPostgres } from '../testing/postgres.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'

describe('events of several processes on PostgreSQL', () => {
  let place: Awaited<ReturnType<typeof newPostgres>>
  let first: TestInstallation
  let second: TestInstallation
  beforeAll(async () => {
    if (withoutPostgres) return
    place = await newPostgres()
    first = await startInstallation({ DATABASE_URL: place.url })
    // The same keys and files, as several processes of one installation have.
    second = await startInstallation({ DATABASE_URL: place.url, AIA_JOBS: 'off' }, first.runtime.services.env.dataDir)
  })
  afterAll(async () => {
    if (withoutPostgres) return
    await second.runtime.close()
    await first.stop()
    await place.drop()
  })
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })

  async function listen(at: TestInstallation, lastEventId?: string): Promise<Listening> {
    const headers: Record<string, string> = lastEventId ? { 'last-event-id': lastEventId } : {}
    const listening = listenTo(await at.call('GET', 'events', undefined, { headers }))
    await listening.until(({ kind }) => kind === 'opened')
    return listening
  }

  it('are heard in each, whichever made them, and a stream goes on in another one', async () => {
    const [here, there] = [await listen(first), await listen(second)]
    const id = await second.add('Tide table', '# Tide\n\nHigh water at Penhallow is at six.')
    const isReady = (event: { kind: string; id?: unknown; state?: unknown }) => event.kind === 'source.state' && event.state === 'ready'
    const [heardHere, heardThere] = [await here.until(isReady), await there.until(isReady)]
    expect(heardHere).toEqual(heardThere)
    expect(heardHere.id).toBe(id)
    await here.close()
    await first.json('POST', 'neural/process', { data: { question: 'When is high water at Penhallow?' } })
    const again = await listen(second, here.heard.at(-1)?.eventId)
    await again.until(({ kind }) => kind === 'answer.given')
    await there.until(({ kind }) => kind === 'answer.given')
    const missed = again.heard.slice(1).map(({ eventId }) => eventId)
    expect(missed).toEqual(there.heard.map(({ eventId }) => eventId).slice(-missed.length))
    await Promise.all([again.close(), there.close()])
  })

  it('end in every process when the session is ended in one', async () => {
    const token = (await first.json<{ access_token: string }>('POST', 'auth/login', { email: 'owner@example.com', password: 'a long test password' }))
      .access_token
    const listening = listenTo(await second.call('GET', 'events', undefined, { token }))
    await listening.until(({ kind }) => kind === 'opened')
    expect((await first.call('POST', 'auth/logout', {}, { token })).status).toBeLessThan(300)
    await listening.ended
    expect((await second.call('GET', 'events', undefined, { token })).status).toBe(401)
  })
})
