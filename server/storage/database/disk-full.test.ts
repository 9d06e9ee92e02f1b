import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { freshEnterprise, freshPglite } from '../../testing/database.ts'
import { startLoad } from '../../testing/load.ts'
import { freshFolder, startInstallation } from '../../testing/runtime.ts'
import { smallDisk, smallDiskMissing } from '../../testing/small-disk.ts'
import { copyTemplate, migrations } from '../../testing/template.ts'
import { openPglite } from './pglite.ts'
import { rows } from './port.ts'

describe('a full disk below the embedded database', () => {
  beforeEach((context) => {
    if (smallDiskMissing) context.skip(smallDiskMissing)
  })

  it('refuses changes with a reason, answers what is there, loses nothing and goes on by itself', { timeout: 300_000 }, async () => {
    const disk = smallDisk(400)
    onTestFinished(disk.remove)
    await copyTemplate(join(disk.folder, 'database'))
    let aia = await startInstallation({}, disk.folder)
    onTestFinished(() => aia.stop())
    const load = await startLoad(aia.runtime, Math.floor(Math.random() * 2 ** 31))
    await load.more(50)
    disk.fill()
    await load.more(50)
    const seen = load.report()
    expect(seen.unavailable.long).toBeGreaterThan(0)
    const refused = await aia.call('POST', 'neural/sources', { title: 'Desk', content: 'The desk stands in room 9.', content_type: 'text/plain' })
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'unavailable', detail: expect.stringContaining('disk is full') }])
    for (const path of ['neural/sources', 'neural/status', 'jobs', 'neural/graph?budget=20'])
      expect((await aia.call('GET', path)).status, path).toBe(200)
    expect((await aia.runtime.parts()).database).toMatchObject({ ready: true, state: 'degraded' })
    expect((await readdir(join(disk.folder, 'objects'), { recursive: true })).filter((name) => /\.[0-9a-f-]{36}$/.test(name))).toEqual([])
    await load.more(50)
    disk.free()
    await load.more(50)
    const report = await load.stop()
    expect(report.added).toBeGreaterThan(seen.added)
    expect(await load.findings()).toEqual([])
    expect((await aia.runtime.parts()).database).toMatchObject({ state: 'up' })

    const counts = async () => (await aia.json<{ counts: Record<string, number> }>('GET', 'neural/sources?limit=1')).counts
    const before = await counts()
    expect(before).toMatchObject({ queued: 0, processing: 0, failed: 0 })

    // What a power cut leaves, with the disk full when it came.
    disk.fill()
    const folder = await freshFolder()
    await cp(disk.folder, folder, { recursive: true, force: true, filter: (from) => !from.endsWith('aia.lock') })
    await aia.stop()
    aia = await startInstallation({}, folder)
    expect(await counts()).toEqual(before)
  })

  it('stops a start in one line', async () => {
    const disk = smallDisk(50)
    onTestFinished(disk.remove)
    await expect(openPglite({ folder: disk.folder, migrations })).rejects.toThrow(/^AIA cannot start: the disk of [^\n]+ is full\. [^\n]+$/)
  })
})

it('writes checkpoints, so that the log does not grow for as long as the process runs', async () => {
  const database = await freshPglite()
  onTestFinished(database.remove)
  const id = await freshEnterprise(database)
  await database.engine.exec('create table long (text text); alter table long alter text set storage external; grant all on long to aia_app')
  await database.close()
  const opened = await openPglite({ folder: database.folder, migrations, checkpointEveryMs: 100 })
  onTestFinished(opened.close)
  for (let i = 0; i < 3; i++)
    await opened.tenant(id, (tx) => rows(tx, sql`insert into long select repeat(n::text, 1000000) from generate_series(10, 39) n`))
  const logged = async () => {
    const { rows: found } = await opened.engine.query<{ mb: number }>(
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 / 1048576 as mb from pg_control_checkpoint()',
    )
    return found[0]?.mb ?? Number.NaN
  }
  await expect.poll(logged).toBeLessThan(64)
})
