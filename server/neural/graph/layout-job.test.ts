import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Services } from '../../gateway/services.ts'
import { JobLost } from '../../jobs/port.ts'
import { type Edge, randomBy, randomEdges, writeGraph } from '../../storage/graph/random-graph.fixture.ts'
import { freshEnterprise } from '../../testing/database.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import type { graphMap } from '../contract.ts'
import { knowledgeAtoms, sources } from '../tables.ts'
import { layoutJob } from './layout-job.ts'
import { layoutState, readLayout } from './stored-layout.ts'

type Map = z.infer<typeof graphMap>
const seed = 20_267

/** Runs the job here and now, as an engine would that does not fail. */
const layOutNow = (services: Services, enterpriseId: string, hold: () => Promise<void> = async () => {}) =>
  layoutJob.run(services, { enterpriseId }, { step: (_name, run) => run(), hold, progress: async () => {} })

describe('the layout that is kept', () => {
  let aia: TestInstallation
  let services: Services
  beforeAll(async () => {
    aia = await startInstallation()
    services = aia.runtime.services
  })
  afterAll(() => aia?.stop())

  const stored = (enterpriseId: string) => services.database.tenant(enterpriseId, (tx) => readLayout(tx, enterpriseId))
  const enterprise = async (count: number, edges: readonly Edge[]) => {
    const id = await freshEnterprise(services.database as never)
    await writeGraph(services.database, id, count, edges)
    return id
  }
  const edges = randomEdges(randomBy(seed), 200, 500)
  const placesOf = (layout: Awaited<ReturnType<typeof stored>>) =>
    new Map(Array.from(layout?.numbers ?? [], (number, i) => [number, [...(layout?.positions.subarray(3 * i, 3 * i + 3) ?? [])]]))
  const apart = (a: number[] = [], b: number[] = []) => Math.hypot(...a.map((value, axis) => value - b[axis]!))

  it('has a place and a community for every atom, the same for the same graph, and nothing for others', async () => {
    const [one, two, other] = [await enterprise(200, edges), await enterprise(200, edges), await enterprise(3, [])]
    for (const id of [one, two]) await layOutNow(services, id)
    const [first, second] = [await stored(one), await stored(two)]
    expect([...(first?.numbers ?? [])].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    expect([first?.positions.length, first?.communities.length]).toEqual([600, 200])
    expect(first?.positions.every(Number.isFinite)).toBe(true)
    expect(second).toEqual(first)
    expect(await stored(other)).toBeNull()
    // Row-level security, not the condition: asked for by name in another enterprise's transaction, it is not there.
    expect(await services.database.tenant(other, (tx) => readLayout(tx, one))).toBeNull()
  })

  it('leaves old atoms about where they are, puts new ones beside their neighbours, and forgets what is gone', async () => {
    const id = await enterprise(200, edges)
    await layOutNow(services, id)
    const before = placesOf(await stored(id))
    await writeGraph(services.database, id, 203, [
      ...edges,
      ...[201, 202].map((source): Edge => ({ source, target: 7, kind: 'mentions', weight: 1 })),
    ])
    await layOutNow(services, id)
    const after = placesOf(await stored(id))
    expect(after.size).toBe(203)
    const moved = [...before].map(([number, place]) => apart(place, after.get(number))).sort((a, b) => a - b)
    expect(moved[100]).toBeLessThan(10)
    const spreadOut = [...after.values()].map((place) => apart(place, after.get(7))).sort((a, b) => a - b)
    for (const number of [201, 202]) expect(apart(after.get(number), after.get(7))).toBeLessThan(spreadOut[60]!)
    await services.database.tenant(id, async (tx) => {
      await tx.execute(`delete from pathways where source > 150 or target > 150`)
      await tx.execute(`delete from knowledge_atoms where number > 150`)
    })
    await layOutNow(services, id)
    expect(Math.max(...placesOf(await stored(id)).keys())).toBe(150)
    await services.database.tenant(id, async (tx) => {
      await tx.execute('delete from pathways')
      await tx.execute('delete from knowledge_atoms')
    })
    await layOutNow(services, id)
    expect(await stored(id)).toBeNull()
  })

  it('changes nothing when the graph is the same, and when the job was taken over', async () => {
    const id = await enterprise(
      50,
      edges.filter(({ source, target }) => source <= 50 && target <= 50),
    )
    await layOutNow(services, id)
    const before = await stored(id)
    await layOutNow(services, id)
    expect(await stored(id)).toEqual(before)
    await writeGraph(services.database, id, 60, [])
    const lost = layOutNow(services, id, () => Promise.reject(new JobLost('taken over')))
    await expect(lost).rejects.toThrow(JobLost)
    expect(await stored(id)).toEqual(before)
  })

  it('follows by itself when sources come and go, and is what the map shows', async () => {
    const map = () => aia.json<Map>('GET', 'neural/graph/map')
    const numbers = (column: string) => [...new Float32Array(new Uint8Array(Buffer.from(column, 'base64')).buffer)]
    const source = await aia.add('Harbour', '# Harbour\n\n## Tarnholm Light\n\nIt was lit by oil.\n\n## Pilots\n\nThey bring ships in.')
    const first = await map()
    expect([first.settled, new Set(numbers(first.nodes.positions)).size > 3]).toEqual([false, true])
    const own = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
    const until = async (holds: () => Promise<boolean>) => {
      for (let tries = 0; !(await holds()); tries++) {
        if (tries > 600) throw new Error('The layout did not come within a minute.')
        await pause(100)
      }
    }
    await until(async () => (await map()).settled)
    const places = placesOf(await stored(own))
    const atoms = await services.database.tenant(own, (tx) => tx.select().from(knowledgeAtoms))
    const settled = await map()
    const shown = numbers(settled.nodes.positions)
    expect(settled.nodes.ids.map((_, i) => shown.slice(3 * i, 3 * i + 3))).toEqual(
      settled.nodes.ids.map((id) => places.get(atoms.find((atom) => atom.id === id)?.number ?? 0)),
    )
    await aia.call('DELETE', `neural/sources/${source}`)
    await until(async () => (await services.database.tenant(own, (tx) => layoutState(tx, own))) === null)
    expect(await services.database.tenant(own, (tx) => tx.select().from(sources))).toEqual([])
  }, 150_000)
})
