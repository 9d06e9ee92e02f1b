import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DomainEvent, publish, restart } from '../storage/outbox/port.ts'
import { newPerson } from '../testing/people.ts'
import { isSignedBy, type Receiver, startReceiver } from '../testing/receiver.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'
import { webhookSender } from './sender.ts'
import { webhookDeliveries, webhookPlaces, webhooks } from './tables.ts'

interface Webhook {
  id: string
  url: string
  events: string[]
  state: string
  paused: { because: string } | null
  old_secret_until: string | null
  last_delivery: { state: string; type: string } | null
}
interface Delivery {
  id: string
  type: string
  state: string
  body: string
  next_attempt_at: string | null
  attempts: { number: number; status: number | null; error: string | null; answer: string | null; duration_ms: number }[]
}
interface Made {
  secret: string
  item: Webhook
}

describe('webhooks', () => {
  let aia: TestInstallation
  let receivers: Receiver[]
  let receiver: Receiver
  let own: string
  beforeAll(async () => {
    // One for each test, so that the circuit of one that fails does not hold up another.
    receivers = await Promise.all(Array.from({ length: 30 }, () => startReceiver()))
    aia = await startInstallation({ AIA_WEBHOOKS_INSIDE: receivers.map(({ origin }) => origin).join(',') })
    own = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
  })
  afterAll(async () => {
    await aia?.stop()
    await Promise.all(receivers.map((each) => each.close()))
  })
  beforeEach(() => {
    const next = receivers.shift()
    if (!next) throw new Error('More receivers are needed.')
    receiver = next
  })
  afterEach(async () => {
    for (const { id } of (await aia.json<{ items: Webhook[] }>('GET', 'webhooks')).items) await aia.call('DELETE', `webhooks/${id}`)
    await receiver.close()
  })

  const tenant = <T>(run: Parameters<TestInstallation['runtime']['services']['database']['tenant']>[1], id = own) =>
    aia.runtime.services.database.tenant(id, run) as Promise<T>
  const make = (events: string[], more: object = {}) => aia.json<Made>('POST', 'webhooks', { url: `${receiver.origin}/hook`, events, ...more })
  const tell = (id: string, ...events: DomainEvent[]) =>
    aia.runtime.services.database.tenant(id, async (tx) => {
      for (const event of events) await publish(tx, id, event)
    })
  const trained = (n: number): DomainEvent => ({ kind: 'training.ended', id: `run-${n}`, state: 'done', published: false })
  const webhookOf = async (id: string) => (await aia.json<{ items: Webhook[] }>('GET', 'webhooks')).items.find((each) => each.id === id)
  const deliveriesOf = async (id: string) => (await aia.json<{ items: Delivery[] }>('GET', `webhooks/${id}/deliveries`)).items
  const ended = (id: string, state: string) =>
    until(
      async () => (await deliveriesOf(id))[0],
      (delivery) => delivery?.state === state,
    ) as Promise<Delivery>
  const problemOf = async (response: Response) => ({ status: response.status, ...((await response.json()) as { errors?: { pointer: string }[] }) })

  it('tell what happens once, signed, in ids and counts', async () => {
    const { secret, item } = await make(['source.state', 'knowledge.changed', 'answer.given', 'source.state'], { description: 'The index' })
    expect(item).toMatchObject({ state: 'active', events: ['source.state', 'knowledge.changed', 'answer.given'], last_delivery: null })
    const id = await aia.add('Ferry times', '# Ferry\n\nThe ferry to Ostrava leaves at nine.')
    const asked = await aia.json<{ id: string }>('POST', 'neural/process', { data: { question: 'When does the ferry leave?' } })
    await receiver.hear('answer.given')
    const states = await receiver.hear('source.state', 2)
    expect(states.map(({ message }) => message.data).sort((a, b) => (a.state === 'queued' ? -1 : b.state === 'queued' ? 1 : 0))).toMatchObject([
      { id, state: 'queued' },
      { id, state: 'ready' },
    ])
    const all = receiver.received
    expect(all.every((request) => isSignedBy(secret, request) && request.headers['content-type'] === 'application/json')).toBe(true)
    expect(isSignedBy(secret, { ...(all[0] as (typeof all)[number]), body: '{}' })).toBe(false)
    const told = receiver.ofType('answer.given')[0]?.message
    expect(Object.keys(told?.data ?? {}).sort()).toEqual(['cached', 'duration_ms', 'mode', 'status'])
    expect(JSON.stringify(all)).not.toContain(asked.id)
    await until(async () => (await deliveriesOf(item.id)).every(({ state }) => state === 'delivered'))
    const deliveries = await deliveriesOf(item.id)
    expect(deliveries.map((each) => each.id).sort()).toEqual(all.map(({ headers }) => String(headers['webhook-id'])).sort())
    expect(deliveries[0]).toMatchObject({ attempts: [{ number: 1, status: 204, error: null }], next_attempt_at: null })
    expect(deliveries.map(({ type }) => type)).not.toContain('training.ended')
    expect(await webhookOf(item.id)).toMatchObject({ last_delivery: { state: 'delivered' } })
    // Shown once, sealed at rest.
    const [stored] = await tenant<(typeof webhooks.$inferSelect)[]>((tx) => tx.select().from(webhooks))
    expect(JSON.stringify([stored, await webhookOf(item.id)])).not.toContain(secret.slice(6, 30))
  })

  it('are queued once however many processes look', async () => {
    const { item } = await make(['training.ended'])
    const other = webhookSender(aia.runtime.services)
    await tell(own, ...Array.from({ length: 120 }, (_, n) => trained(n)))
    await Promise.all([other.send(own), webhookSender(aia.runtime.services).send(own)])
    await until(
      async () =>
        (await tenant<{ id: string }[]>((tx) => tx.select().from(webhookDeliveries).where(eq(webhookDeliveries.webhookId, item.id)))).length >= 120,
    )
    await other.send(own)
    const found = await tenant<{ body: string }[]>((tx) => tx.select().from(webhookDeliveries).where(eq(webhookDeliveries.webhookId, item.id)))
    expect(found.map(({ body }) => JSON.parse(body).data.id).sort()).toEqual(Array.from({ length: 120 }, (_, n) => `run-${n}`).sort())
  })

  it('come when the receiver is back, under the same id, with every attempt told', async () => {
    const { secret, item } = await make(['training.ended'])
    await receiver.goDown()
    await tell(own, trained(1))
    const failed = await until(
      async () => (await deliveriesOf(item.id))[0],
      (delivery) => (delivery?.attempts.length ?? 0) > 0,
    )
    expect(failed).toMatchObject({ state: 'queued', attempts: [{ number: 1, status: null, error: 'The address cannot be reached.' }] })
    expect(Date.parse(failed?.next_attempt_at ?? '')).toBeGreaterThan(Date.now())
    expect(await webhookOf(item.id)).toMatchObject({ state: 'failing' })
    await receiver.comeBack()
    receiver.answer(() => ({ status: 503, body: `later, token=${'x'.repeat(5_000)}` }))
    await receiver.hear('training.ended', 1)
    receiver.answer(() => ({ status: 200, body: 'taken' }))
    await tenant((tx) => tx.update(webhookDeliveries).set({ retries: 0 }).where(eq(webhookDeliveries.webhookId, item.id)))
    await aia.json('POST', `webhooks/deliveries/${failed?.id}/repeat`)
    const delivery = await ended(item.id, 'delivered')
    expect(delivery.attempts.map(({ number, status }) => [number, status])).toEqual([
      [1, null],
      [2, 503],
      [3, 200],
    ])
    expect(delivery.attempts[1]?.answer).toBe('later, token=[removed]')
    const [first, second] = receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
    expect(isSignedBy(secret, second as (typeof receiver.received)[number])).toBe(true)
    expect(await webhookOf(item.id)).toMatchObject({ state: 'active' })
  })

  it('are given up after the last attempt, and sent again from the list of jobs', async () => {
    const { item } = await make(['training.ended'])
    receiver.answer(() => ({ status: 500 }))
    await tell(own, trained(1))
    await until(async () => (await deliveriesOf(item.id))[0]?.attempts.length)
    await tenant((tx) => tx.update(webhookDeliveries).set({ retries: 8 }).where(eq(webhookDeliveries.webhookId, item.id)))
    const { id } = await ended(item.id, 'failed')
    const job = await until(
      () => aia.json<{ state: string; can_retry: boolean; steps: { error: string }[] }>('GET', `jobs/webhook-delivery-${id}-2`),
      ({ state }) => state === 'failed',
    )
    expect(job).toMatchObject({ can_retry: true, about: { title: `training.ended to ${new URL(receiver.origin).host}` } })
    expect(job.steps[0]?.error).toBe('The receiver answered 500.')
    expect(receiver.received).toHaveLength(2)
    receiver.answer(() => ({ status: 204 }))
    await aia.json('POST', `jobs/webhook-delivery-${id}-2/retry`)
    expect((await ended(item.id, 'delivered')).attempts.map(({ status }) => status)).toEqual([500, 500, 204])
  })

  it('wait for the next attempt as a job that can be cancelled', async () => {
    const { item } = await make(['training.ended'])
    receiver.answer(() => ({ status: 404 }))
    await tell(own, trained(1))
    await until(async () => (await deliveriesOf(item.id))[0]?.attempts.length)
    const [delivery] = await deliveriesOf(item.id)
    expect(await aia.json('POST', `jobs/webhook-delivery-${delivery?.id}-2/cancel`)).toMatchObject({ state: 'cancelled' })
    expect((await deliveriesOf(item.id))[0]).toMatchObject({ state: 'cancelled', next_attempt_at: null })
    receiver.answer(() => ({ status: 204 }))
    await aia.json('POST', `webhooks/deliveries/${delivery?.id}/repeat`)
    await ended(item.id, 'delivered')
    expect(receiver.received).toHaveLength(2)
  })

  it('follow no redirect', async () => {
    const { item } = await make(['training.ended'])
    receiver.answer(() => ({ status: 302, headers: { location: `${receiver.origin}/elsewhere` } }))
    await tell(own, trained(1))
    const delivery = await until(
      async () => (await deliveriesOf(item.id))[0],
      (found) => (found?.attempts.length ?? 0) > 0,
    )
    expect(delivery?.attempts[0]).toMatchObject({ status: 302, error: expect.stringContaining('not followed') })
    expect(receiver.received).toHaveLength(1)
  })

  it('pause when the receiver says that it is gone, and tell what was missed when they go on', async () => {
    const { item } = await make(['training.ended'])
    receiver.answer(() => ({ status: 410 }))
    await tell(own, trained(1))
    expect((await ended(item.id, 'failed')).attempts).toHaveLength(1)
    expect(await webhookOf(item.id)).toMatchObject({ state: 'paused', paused: { because: 'gone' } })
    const rows = await aia.json<{ items: { entry: { target: string } }[] }>('GET', 'audit/entries?operation=webhooks.pause')
    expect(rows.items).toMatchObject([{ entry: { actor: 'system', target: item.id, detail: { because: 'gone' } } }])
    await tell(own, trained(2))
    await webhookSender(aia.runtime.services).send(own)
    expect(await deliveriesOf(item.id)).toHaveLength(1)
    expect((await aia.call('POST', `webhooks/deliveries/${(await deliveriesOf(item.id))[0]?.id}/repeat`)).status).toBe(409)
    receiver.answer(() => ({ status: 204 }))
    await aia.json('PUT', `webhooks/${item.id}`, { paused: false })
    await tell(own, trained(3))
    await receiver.hear('training.ended', 2)
    await receiver.hear('events.missed')
    expect(receiver.received.map(({ message }) => message.data.id ?? message.type).sort()).toEqual(['events.missed', 'run-1', 'run-3'])
  })

  it('tell that events are gone when the log was trimmed or begun anew', async () => {
    const { item } = await make(['training.ended'])
    await tenant((tx) => tx.update(webhookPlaces).set({ sequence: -3_000 }).where(eq(webhookPlaces.enterpriseId, own)))
    await receiver.hear('events.missed')
    await tenant((tx) => restart(tx, own))
    await receiver.hear('events.missed', 2)
    await tell(own, trained(1))
    await receiver.hear('training.ended')
    expect((await deliveriesOf(item.id)).length).toBe(3)
  })

  it('are signed by both secrets for a day after a rotation', async () => {
    const { secret, item } = await make(['training.ended'])
    const rotated = await aia.json<Made>('POST', `webhooks/${item.id}/rotate`)
    expect(Math.round((Date.parse(rotated.item.old_secret_until ?? '') - Date.now()) / 3_600_000)).toBe(24)
    await tell(own, trained(1))
    const [both] = await receiver.hear('training.ended')
    expect([secret, rotated.secret].map((each) => both && isSignedBy(each, both))).toEqual([true, true])
    await tenant((tx) => tx.update(webhooks).set({ oldSecretUntil: new Date(Date.now() - 1) }))
    await tell(own, trained(2))
    const [, one] = await receiver.hear('training.ended', 2)
    expect([secret, rotated.secret].map((each) => one && isSignedBy(each, one))).toEqual([false, true])
    expect(await webhookOf(item.id)).toMatchObject({ old_secret_until: null })
  })

  it('are tried once by hand, paused or not, whatever comes of it', async () => {
    const { secret, item } = await make(['training.ended'])
    await aia.json('PUT', `webhooks/${item.id}`, { paused: true, description: 'for now' })
    await aia.json('POST', `webhooks/${item.id}/test`)
    const [came] = await receiver.hear('webhook.test')
    expect(came && [isSignedBy(secret, came), came.message.data]).toEqual([true, { webhook: item.id }])
    expect((await ended(item.id, 'delivered')).type).toBe('webhook.test')
    receiver.answer(() => ({ status: 500 }))
    const second = await aia.json<Delivery>('POST', `webhooks/${item.id}/test`)
    await ended(item.id, 'failed')
    expect(
      await until(
        () => aia.json<{ state: string }>('GET', `jobs/webhook-delivery-${second.id}-1`),
        ({ state }) => state !== 'running',
      ),
    ).toMatchObject({ state: 'done' })
    expect(await webhookOf(item.id)).toMatchObject({ state: 'paused', paused: { because: 'by_hand' } })
  })

  it('go to no address inside that the operator has not named, also if it once was', async () => {
    const { item } = await make(['training.ended'])
    await tenant((tx) => tx.update(webhooks).set({ url: 'https://localhost:9/hook' }))
    await tell(own, trained(1))
    const delivery = await until(
      async () => (await deliveriesOf(item.id))[0],
      (found) => (found?.attempts.length ?? 0) > 0,
    )
    expect(delivery?.attempts[0]).toMatchObject({ status: null, error: 'localhost is not an address on the public internet.' })
  })

  it('are told of changes of rights, of jobs that failed, of alerts, and of their own failures never', async () => {
    await make(['administration.changed', 'job.ended', 'alert.changed'])
    const rule = randomUUID()
    await tell(
      own,
      { kind: 'job.ended', id: 'webhook-delivery-1', name: 'webhook-delivery', state: 'failed' },
      { kind: 'job.ended', id: 'starter-1', name: 'starter', state: 'failed' },
      { kind: 'administration.changed', operation: 'auth.grantAccess', permission: 'access.manage' },
      { kind: 'alert.changed', id: rule, state: 'unknown' },
      { kind: 'alert.changed', id: rule, state: 'firing' },
    )
    await receiver.hear('job.ended')
    await receiver.hear('administration.changed', 2)
    await receiver.hear('alert.changed')
    expect(receiver.ofType('alert.changed').map(({ message }) => message.data)).toEqual([{ id: rule, state: 'firing' }])
    expect(receiver.ofType('job.ended').map(({ message }) => message.data)).toEqual([{ id: 'starter-1', name: 'starter', state: 'failed' }])
    expect(
      receiver
        .ofType('administration.changed')
        .map(({ message }) => message.data.operation)
        .sort(),
    ).toEqual(['auth.grantAccess', 'webhooks.create'])
  })

  it('are for administrators, and twenty for an enterprise', async () => {
    const boss = await newPerson(aia)
    const operator = await newPerson(aia, 'operator', boss.enterpriseId)
    const token = await boss.token()
    const input = { url: `${receiver.origin}/hook`, events: ['training.ended'] }
    const create = async (as: string, more: object = {}) => problemOf(await aia.call('POST', 'webhooks', { ...input, ...more }, { token: as }))
    expect((await create(await operator.token())).status).toBe(403)
    for (const [more, pointer] of [
      [{ events: [] }, '/events'],
      [{ events: ['agents.worked'] }, '/events/0'],
      [{ description: 'x'.repeat(201) }, '/description'],
    ] as const)
      expect(await create(token, more)).toMatchObject({ status: 400, errors: [{ pointer }] })
    for (let n = 0; n < 20; n++) expect((await create(token)).status).toBe(201)
    expect((await create(token)).status).toBe(409)
  })

  it('belong to their enterprise alone', async () => {
    const stranger = await newPerson(aia)
    const token = await stranger.token()
    const { item } = await make(['training.ended'])
    const theirs = await aia.call('POST', 'webhooks', { url: `${receiver.origin}/theirs`, events: ['training.ended'] }, { token })
    const { item: other, secret } = (await theirs.json()) as Made
    await tell(own, trained(1))
    await tell(stranger.enterpriseId, trained(2))
    await receiver.hear('training.ended', 2)
    const signedByOther = receiver.received.filter((request) => isSignedBy(secret, request))
    expect(signedByOther.map(({ message }) => message.data.id)).toEqual(['run-2'])
    expect((await aia.call('GET', `webhooks/${item.id}/deliveries`, undefined, { token })).status).toBe(404)
    expect((await aia.call('POST', `webhooks/deliveries/${(await deliveriesOf(item.id))[0]?.id}/repeat`, undefined, { token })).status).toBe(404)
    expect(((await (await aia.call('GET', 'webhooks', undefined, { token })).json()) as { items: Webhook[] }).items.map(({ id }) => id)).toEqual([
      other.id,
    ])
    // The row policies by themselves.
    expect(
      (await tenant<{ id: string }[]>((tx) => tx.select({ id: webhooks.id }).from(webhooks), stranger.enterpriseId)).map(({ id }) => id),
    ).toEqual([other.id])
    await aia.call('DELETE', `webhooks/${other.id}`, undefined, { token })
  })

  it.each([
    ['http://127.0.0.1:9/hook', '/url'],
    ['https://127.0.0.1:9/hook', '/url'],
    ['https://10.0.0.7/hook', '/url'],
    ['https://[::ffff:169.254.169.254]/latest', '/url'],
    ['https://vault.internal/hook', '/url'],
    ['http://hooks.example.com/', '/url'],
    ['https://user:password@hooks.example.com/', '/url'],
    ['ftp://hooks.example.com/', '/url'],
    ['nowhere', '/url'],
  ])('are not made for %s', async (url, pointer) => {
    const refused = await problemOf(await aia.call('POST', 'webhooks', { url, events: ['training.ended'] }))
    expect([refused.status, refused.errors?.map((each) => each.pointer)]).toEqual([400, [pointer]])
    expect((await aia.json<{ items: Webhook[] }>('GET', 'webhooks')).items).toEqual([])
  })
})
