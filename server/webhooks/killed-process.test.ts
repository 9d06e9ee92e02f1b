import { expect, it, onTestFinished } from 'vitest'
import { killedAt } from '../testing/kill.ts'
import { startReceiver } from '../testing/receiver.ts'
import { freshFolder, installationVariables, startInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'

it('sends a message again, under the same id, whose process was killed before it could note the answer', async () => {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  const folder = await freshFolder()
  const inside = { AIA_WEBHOOKS_INSIDE: receiver.origin }
  const id = await killedAt('after a webhook was answered', installationVariables(folder, inside))
  expect(receiver.received).toHaveLength(1)
  const aia = await startInstallation(inside, folder)
  onTestFinished(() => aia.stop())
  const [delivery] = await until(
    async () => (await aia.json<{ items: { state: string; attempts: unknown[] }[] }>('GET', `webhooks/${id}/deliveries`)).items,
    (found) => found[0]?.state === 'delivered',
  )
  expect(delivery?.attempts).toHaveLength(1)
  const [first, second, ...more] = receiver.received
  expect([second?.headers['webhook-id'], second?.body, more]).toEqual([first?.headers['webhook-id'], first?.body, []])
})
