import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPerson } from '../testing/people.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { analyticsPersonalData } from './personal-data.ts'

let aia: TestInstallation
beforeAll(async () => {
  aia = await startInstallation()
})
afterAll(() => aia.stop())

const query = 'measurement=enterprise_usage&metric=calls&range=24h'
interface View {
  id: string
  name: string
  query: string
}

describe('saved views', () => {
  it('are kept by name for who saved them, and gone when deleted', async () => {
    const later = await aia.json<View>('POST', 'analytics/views', { name: 'Latency, by operation', query: 'metric=latency_ms&by=operation' })
    const earlier = await aia.json<View>('POST', 'analytics/views', { name: 'Calls of a day', query })
    expect((await aia.json<{ items: View[] }>('GET', 'analytics/views')).items).toEqual([earlier, later])
    expect(await aia.json<View>('DELETE', `analytics/views/${earlier.id}`)).toEqual(earlier)
    expect((await aia.json<{ items: View[] }>('GET', 'analytics/views')).items).toEqual([later])
    expect((await aia.call('DELETE', `analytics/views/${earlier.id}`)).status).toBe(404)
  })

  it('are neither seen nor deleted by anybody else, here or elsewhere', async () => {
    const mine = await aia.json<View>('POST', 'analytics/views', { name: 'Mine', query })
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    for (const other of [await newPerson(aia, 'owner', enterprise.id), await newPerson(aia)]) {
      const token = await other.token()
      expect(await (await aia.call('GET', 'analytics/views', undefined, { token })).json()).toEqual({ items: [] })
      expect((await aia.call('DELETE', `analytics/views/${mine.id}`, undefined, { token })).status).toBe(404)
    }
    expect((await aia.json<{ items: View[] }>('GET', 'analytics/views')).items.some(({ id }) => id === mine.id)).toBe(true)
  })

  it('are part of what is exported about a person, and go when it is erased', async () => {
    const person = await newPerson(aia)
    const here = { personId: person.id, enterpriseId: person.enterpriseId }
    await aia.call('POST', 'analytics/views', { name: 'Theirs', query }, { token: await person.token() })
    const { database } = aia.runtime.services
    const collect = () => database.tenant(person.enterpriseId, (tx) => analyticsPersonalData.collect(tx, aia.runtime.services, here))
    expect(await collect()).toEqual({ 'Saved views': [expect.objectContaining({ name: 'Theirs', query })] })
    await database.tenant(person.enterpriseId, (tx) => analyticsPersonalData.erase(tx, here))
    expect(await collect()).toEqual({ 'Saved views': [] })
  })

  it.each([
    { name: '', query },
    { name: 'x'.repeat(101), query },
    { name: 'Script', query: '"><script>' },
    { name: 'Long', query: 'x'.repeat(2_001) },
    { name: 'More', query, person_id: 'someone' },
  ])('refuse %o', async (input) => {
    expect((await aia.call('POST', 'analytics/views', input)).status).toBe(400)
  })
})

describe('how much is known', () => {
  it('is measured when somebody looks, so that it can be seen over time', async () => {
    await aia.add('Beacon', '# Beacon\n\nThe beacon of Ardmore burns whale oil.')
    const { atoms, pathways } = await aia.json<{ atoms: number; pathways: number }>('GET', 'neural/status')
    await aia.runtime.services.measurements.flush()
    const last = async (metric: string) => {
      const { lines } = await aia.json<{ lines: { points: { value: number }[] }[] }>(
        'GET',
        `analytics/series?measurement=neural_intelligence&metric=${metric}&aggregate=max`,
      )
      return lines[0]?.points.at(-1)?.value
    }
    expect(atoms).toBeGreaterThan(0)
    expect([await last('atoms'), await last('pathways')]).toEqual([atoms, pathways])
  })
})
