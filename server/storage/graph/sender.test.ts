import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { knowledgeAtoms } from '../../neural/tables.ts'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { behindDoor, connectNeo4j, forgetInNeo4j, type TestNeo4j, withoutNeo4j } from '../../testing/neo4j.ts'
import { until } from '../../testing/until.ts'
import type { Database } from '../database/port.ts'
import { outboxesWithWork, publish, restart, subscribe } from '../outbox/port.ts'
import { outboxEvents } from '../outbox/tables.ts'
import { insuredGraph } from './insured.ts'
import { neo4jGraph } from './neo4j.ts'
import type { Neo4jConnection } from './neo4j-connection.ts'
import type { KeptGraph } from './port.ts'
import { postgresGraph } from './postgres.ts'
import { type Edge, randomBy, randomEdges, writeGraph } from './random-graph.fixture.ts'
import { type GraphSender, graphSender } from './sender.ts'

const newSeed = () => Math.floor(Math.random() * 2 ** 31)

describe('what is sent to Neo4j', () => {
  let database: Database & { remove(): Promise<void> }
  let connection: TestNeo4j
  let graph: KeptGraph
  const made = new Set<string>()
  beforeAll(async () => {
    if (withoutNeo4j) return
    database = await freshDatabase()
    connection = await connectNeo4j()
    graph = graphOver(connection)
  })
  afterAll(async () => {
    if (withoutNeo4j) return
    for (const id of made) await forgetInNeo4j(connection, id)
    await connection.close()
    await database.remove()
  })
  beforeEach((context) => {
    if (withoutNeo4j) context.skip(withoutNeo4j)
  })

  const graphOver = (over: Neo4jConnection, failed: (error: unknown) => void = () => {}) =>
    insuredGraph({ database, connection: over, neo4j: neo4jGraph(over, database), postgres: postgresGraph(database) }, failed)

  function senderOver(over: Neo4jConnection, rebuilt: string[] = []): GraphSender {
    return graphSender(database, over, {
      rebuilt: ({ enterpriseId }) => void rebuilt.push(enterpriseId),
      failed: () => {},
    })
  }

  async function told(): Promise<string> {
    const id = await freshEnterprise(database)
    made.add(id)
    await database.tenant(id, (tx) => subscribe(tx, id))
    return id
  }

  const waitingOf = async (id: string) => (await graph.drift(id))?.waiting

  const eventsOf = (id: string) => database.tenant(id, (tx) => tx.select().from(outboxEvents).orderBy(outboxEvents.sequence))

  async function agrees(id: string, said = ''): Promise<void> {
    const drift = await graph.drift(id)
    expect(drift?.isSettled, said).toBe(true)
    for (const { what, postgres, neo4j } of drift?.counts ?? []) expect(neo4j, `${what}, ${said}`).toBe(postgres)
    expect(drift?.counts.find(({ what }) => what === 'atoms')?.postgres, said).toBe(
      (await database.tenant(id, (tx) => tx.select({ id: knowledgeAtoms.id }).from(knowledgeAtoms))).length,
    )
  }

  /** Takes some atoms away, as a deletion does, and tells of it. */
  async function deleteAtoms(id: string, numbers: number[]): Promise<void> {
    await database.tenant(id, async (tx) => {
      const list = sql`(select json_array_elements_text(${JSON.stringify(numbers)}::text::json)::int)`
      await tx.execute(sql`delete from pathways where enterprise_id = ${id} and (source in ${list} or target in ${list})`)
      await tx.execute(sql`delete from agent_atoms where enterprise_id = ${id} and atom in ${list}`)
      await tx.execute(sql`delete from knowledge_atoms where enterprise_id = ${id} and number in ${list}`)
      await publish(tx, id, { kind: 'knowledge.changed', atoms: numbers })
    })
  }

  /** A connection whose transactions fail by themselves: before they are kept, or after, when nobody hears that they are. */
  function failing(random: () => number, share: number): Neo4jConnection {
    return {
      ...connection,
      async write(run) {
        const isBefore = random() < share
        const result = await connection.write(async (cypher) => {
          const made = await run(cypher)
          if (isBefore) throw new Error('killed before it was kept')
          return made
        })
        if (random() < share) throw new Error('killed after it was kept')
        return result
      },
    }
  }

  it('is everything at first, then what changes, and nothing waits afterwards', async () => {
    const id = await told()
    const rebuilt: string[] = []
    const sender = senderOver(connection, rebuilt)
    await writeGraph(database, id, 30, randomEdges(randomBy(1), 30, 60))
    expect(await sender.send(id)).toBe(true)
    expect(rebuilt).toEqual([id])
    await agrees(id)
    await deleteAtoms(id, [3, 4, 5])
    await writeGraph(database, id, 34, [{ source: 34, target: 1, kind: 'similar', weight: 0.125 }])
    expect(await waitingOf(id)).toBe(2)
    await sender.send(id)
    await agrees(id)
    expect(rebuilt).toEqual([id])
    expect(await waitingOf(id)).toBe(0)
    expect((await database.identity((tx) => outboxesWithWork(tx, false))).waiting).not.toContain(id)
  })

  it('arrives whole whenever the sender is killed, and however often it is repeated', async () => {
    const seed = newSeed()
    const random = randomBy(seed)
    const id = await told()
    let count = 600
    for (let round = 0; round < 4; round++) {
      count += Math.floor(random() * 300)
      await writeGraph(database, id, count, randomEdges(random, count, 2 * count))
      await deleteAtoms(id, [1 + Math.floor(random() * count), 1 + Math.floor(random() * count)])
      // Each attempt is a process of its own: what one held when it died is free after its time.
      for (let attempt = 0; attempt < 200; attempt++) {
        const isSent = await senderOver(failing(random, 0.4))
          .send(id)
          .catch(() => false)
        if (isSent) break
      }
      await agrees(id, `seed ${seed}, round ${round}`)
    }
  })

  it('is sent by one process at a time; one that was held up writes nothing old when it goes on', async () => {
    const id = await told()
    await writeGraph(database, id, 20, randomEdges(randomBy(2), 20, 40))
    await senderOver(connection).send(id)
    await writeGraph(database, id, 20, randomEdges(randomBy(3), 20, 40))
    let goOn = () => {}
    const heldUp = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let isReached = () => {}
    const reached = new Promise<void>((resolve) => {
      isReached = resolve
    })
    const slow = senderOver({
      ...connection,
      async write(run) {
        isReached()
        await heldUp
        return connection.write(run)
      },
    }).send(id)
    await reached
    expect(await senderOver(connection).send(id)).toBe(false)
    // Its time is over, and what it has read is old by now.
    await database.tenant(id, (tx) => tx.execute(sql`update outboxes set held_until = now() - interval '1 second' where enterprise_id = ${id}`))
    await deleteAtoms(id, [1, 2, 3])
    expect(await senderOver(connection).send(id)).toBe(true)
    goOn()
    expect(await slow).toBe(false)
    await agrees(id)
  })

  it('is everything again when Neo4j was emptied, or is told so, or the outbox did not keep everything', async () => {
    const id = await told()
    const rebuilt: string[] = []
    const sender = senderOver(connection, rebuilt)
    const edges: Edge[] = [{ source: 1, target: 2, kind: 'related', weight: 0.5 }]
    await writeGraph(database, id, 5, edges)
    await sender.send(id)
    await forgetInNeo4j(connection, id)
    await sender.send(id)
    await agrees(id)
    await connection.write((cypher) => cypher('MATCH (a:KnowledgeAtom {enterprise_id: $id, number: 4}) DETACH DELETE a', { id }))
    expect((await graph.drift(id))?.counts.filter(({ postgres, neo4j }) => postgres !== neo4j).map(({ what }) => what)).toEqual([
      'atoms',
      'atoms, sum of their numbers',
    ])
    await database.tenant(id, (tx) => restart(tx, id))
    await sender.send(id)
    await agrees(id)
    await writeGraph(database, id, 6, edges)
    await database.tenant(id, (tx) => tx.execute(sql`delete from outbox_events where enterprise_id = ${id}`))
    await sender.send(id)
    await agrees(id)
    expect(rebuilt).toEqual([id, id, id, id])
  })

  it('does not grow without end while nobody fetches it', async () => {
    const id = await told()
    await database.tenant(id, async (tx) => {
      for (let i = 0; i < 2_050; i++) await publish(tx, id, { kind: 'agents.worked', atoms: [] })
    })
    expect((await eventsOf(id)).length).toBeLessThanOrEqual(2_100)
    const rebuilt: string[] = []
    await senderOver(connection, rebuilt).send(id)
    expect(rebuilt).toEqual([id])
    expect(await waitingOf(id)).toBe(0)
    await agrees(id)
  })

  it('names no atoms where no graph follows, and begins with everything once one does', async () => {
    const id = await freshEnterprise(database)
    made.add(id)
    await writeGraph(database, id, 5, [])
    expect((await eventsOf(id)).map(({ atoms }) => atoms)).toEqual([null])
    await database.tenant(id, (tx) => subscribe(tx, id))
    const rebuilt: string[] = []
    await senderOver(connection, rebuilt).send(id)
    expect(rebuilt).toEqual([id])
    await agrees(id)
  })

  it('is not behind for what others hear of and the graph does not', async () => {
    const id = await told()
    const rebuilt: string[] = []
    const sender = senderOver(connection, rebuilt)
    await writeGraph(database, id, 5, [])
    await sender.send(id)
    const answered = { kind: 'answer.given', id, person: id, status: 'answered', mode: 'standard', cached: true, duration_ms: 1 } as const
    await database.tenant(id, async (tx) => {
      for (let i = 0; i < 2_150; i++) await publish(tx, id, answered)
    })
    expect((await graph.drift(id))?.isSettled).toBe(true)
    expect((await database.identity((tx) => outboxesWithWork(tx, false))).waiting).not.toContain(id)
    await deleteAtoms(id, [2])
    await sender.send(id)
    await agrees(id)
    expect(rebuilt).toEqual([id])
  })

  it('comes by itself after an outage, in which the database answers', async () => {
    const door = await behindDoor()
    // Its silence is waited for.
    const beyond = await connectNeo4j(door.address, { connectMs: 10_000, readMs: 20_000, writeMs: 60_000 })
    const id = await told()
    const failures: unknown[] = []
    const insured = graphOver(beyond, (error) => failures.push(error))
    const sender = senderOver(beyond)
    sender.start()
    const ids = await writeGraph(database, id, 10, [{ source: 1, target: 2, kind: 'related', weight: 0.5 }])
    await until(async () => (await insured.drift(id))?.isSettled === true)
    await door.shut()
    await writeGraph(database, id, 11, [{ source: 1, target: 11, kind: 'related', weight: 0.5 }])
    const path = await insured.path(id, ids[1] as string, ids[2] as string, 3)
    expect(path).toBeNull()
    expect(await beyond.check()).toBe(false)
    await expect(insured.drift(id)).rejects.toThrow()
    expect((await insured.heaviest({ enterpriseId: id }, 20)).atoms).toHaveLength(11)
    expect(beyond.told).toEqual(['away'])
    expect(failures).toEqual([])
    await door.open()
    await until(() => beyond.told.length === 2)
    await until(async () => (await insured.drift(id).catch(() => null))?.isSettled === true)
    await agrees(id)
    door.silence()
    expect((await insured.heaviest({ enterpriseId: id }, 20)).atoms).toHaveLength(11)
    expect(beyond.told.slice(0, 3)).toEqual(['away', 'back', 'away'])
    await sender.stop()
    await beyond.close()
    await door.stop()
  })
})
