import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'

interface Run {
  id: string
  state: string
  published: boolean | null
  reason: string | null
  model_version: number | null
  before: { questions: number; recall_at_5: number } | null
  after: { recall_at_5: number } | null
}
interface Models {
  items: { version: number; state: string; weights: Record<string, number> }[]
  published: number
}

const cities = ['Arnhem', 'Bergen', 'Cuenca', 'Durban', 'Evora', 'Fargo', 'Girona', 'Hobart', 'Izmir', 'Jinja', 'Kassel', 'Lublin']

describe('learning', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
    for (const [i, city] of cities.entries()) {
      const next = cities[(i + 1) % cities.length]
      await aia.add(
        city,
        `${city} is the place where depot ${i} stands. The manager of the depot comes from ${next}. The depot opens at ${5 + (i % 4)} in the morning.`,
        'text/plain',
      )
    }
  })
  afterAll(() => aia.stop())

  async function train(): Promise<Run> {
    const { id } = await aia.json<Run>('POST', 'neural/train')
    const runs = async () => (await aia.json<{ items: Run[] }>('GET', 'neural/training-runs')).items
    const ended = async () => (await runs()).find((run) => run.id === id && (run.state === 'done' || run.state === 'failed'))
    return (await until(ended)) as Run
  }

  it('changes nothing without feedback, and says why', async () => {
    const run = await train()
    expect(run).toMatchObject({ state: 'done', published: false, model_version: null, reason: expect.stringContaining('Nothing to change') })
    expect(run.before?.questions).toBeGreaterThan(0)
    expect(run.after).toEqual(run.before)
    expect(await aia.json<Models>('GET', 'neural/models')).toMatchObject({ published: 0 })
  })

  it('learns from feedback, publishes only what does not get worse, and can be rolled back', async () => {
    for (const city of cities.slice(0, 6)) {
      const asked = await aia.json<{ id: string; citations: { n: number }[] }>('POST', 'neural/process', {
        data: { question: `Where does the manager of the depot in ${city} come from?` },
        processing_type: 'advanced',
        enterprise_tier: 'fortune_500',
      })
      await aia.json('POST', 'neural/feedback', { result_id: asked.id, useful: true })
    }
    const run = await train()
    expect(run.state).toBe('done')
    const models = await aia.json<Models>('GET', 'neural/models')
    if (run.published) expect(run.after?.recall_at_5).toBeGreaterThanOrEqual(run.before?.recall_at_5 ?? 0)
    expect(models.published).toBe(run.published ? run.model_version : 0)
    expect(models.items.at(-1)).toMatchObject({ version: 0 })
    if (run.model_version === null) throw new Error(`The run made no model: ${run.reason}`)
    if (run.published) {
      expect(await aia.json('POST', 'neural/models/0/publish')).toEqual({ published: 0 })
      expect((await aia.json<{ model_version: number }>('GET', 'neural/status')).model_version).toBe(0)
      expect(await aia.json('POST', `neural/models/${run.model_version}/publish`)).toEqual({ published: run.model_version })
    } else expect((await aia.call('POST', `neural/models/${run.model_version}/publish`)).status).toBe(409)
  })

  it('measures coordination, latency and quality with definition, window and n', async () => {
    const { metrics } = await aia.json<{ metrics: { name: string; value: number | null; n: number; definition: string; window: string }[] }>(
      'GET',
      'neural/metrics',
    )
    const metric = (name: string) => metrics.find((item) => item.name === name)
    for (const item of metrics)
      expect(item, item.name).toMatchObject({ definition: expect.stringMatching(/\.$/), window: expect.stringMatching(/./), n: expect.any(Number) })
    expect(metric('coordination_efficiency')?.value).toBeGreaterThan(0)
    expect(metric('coordination_efficiency')?.value).toBeLessThanOrEqual(1)
    expect(metric('answer_latency_p95')?.value).toBeGreaterThan(0)
    expect(metric('agents')?.value).toBe(4)
    expect(metric('agents')?.n).toBeGreaterThan(4)
    expect(metric('useful_answers')).toMatchObject({ value: 1, n: 6 })
  })
})

it('shows null, never a number, where there is no data', async () => {
  const aia = await startInstallation()
  try {
    const { metrics } = await aia.json<{ metrics: { name: string; value: number | null; n: number }[] }>('GET', 'neural/metrics')
    for (const { name, value } of metrics.filter((item) => item.n === 0 && item.name !== 'questions')) expect(value, name).toBeNull()
    expect(metrics.find((item) => item.name === 'coordination_efficiency')).toMatchObject({ value: null, n: 0 })
  } finally {
    await aia.stop()
  }
})
