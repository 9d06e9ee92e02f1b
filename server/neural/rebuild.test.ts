import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { startInstallation } from '../testing/runtime.ts'
import { rebuildWhenOutdated } from './rebuild.ts'

it('reads every source again when the index was built by another analyser', async () => {
  const aia = await startInstallation()
  try {
    const { services } = aia.runtime
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const source = await aia.add('Tides', 'High tide comes twice a day at the pier.')
    const before = await aia.json<{ atoms: number }>('GET', 'neural/status')
    await services.database.tenant(enterprise.id, (tx) => tx.execute(sql`update knowledge_states set analyser_version = -1`))
    await rebuildWhenOutdated(services, enterprise.id)
    await aia.settled(source)
    expect((await aia.json<{ atoms: number }>('GET', 'neural/status')).atoms).toBe(before.atoms)
    expect(await aia.json('POST', 'neural/process', { data: { question: 'How often does high tide come at the pier?' } })).toMatchObject({
      status: 'answered',
    })
    // Nothing is outdated now, so a second call changes nothing.
    const { revision } = await aia.json<{ revision: number }>('GET', 'neural/status')
    await rebuildWhenOutdated(services, enterprise.id)
    expect((await aia.json<{ revision: number }>('GET', 'neural/status')).revision).toBe(revision)
  } finally {
    await aia.stop()
  }
})
