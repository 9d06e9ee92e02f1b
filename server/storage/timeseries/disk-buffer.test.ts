import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DiskBuffer, openDiskBuffer } from './disk-buffer.ts'
import type { Point } from './port.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aia-series-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const enterpriseId = randomUUID()
const points = (from: number, count: number): Point[] =>
  Array.from({ length: count }, (_, i) => ({
    measurement: 'enterprise_usage',
    enterpriseId,
    tags: { metric: 'calls', operation: 'a "b", ü 🙂' },
    value: 0.1 + from + i,
    time: 1_700_000_000_000_000_000n + BigInt(from + i),
  }))

async function takeAll(buffer: DiskBuffer): Promise<Point[]> {
  const taken: Point[] = []
  for (let segment = await buffer.oldest(); segment; segment = await buffer.oldest()) {
    taken.push(...segment.points)
    await segment.done()
  }
  return taken
}

it('gives back what was appended, in order, in this process and in the next', async () => {
  const folder = join(root, 'own')
  const buffer = openDiskBuffer(folder, { maxBytes: 64 * 2_000 })
  for (let i = 0; i < 20; i++) expect(buffer.append(points(i * 10, 10))).toBe(0)
  expect(buffer.points).toBe(200)
  const next = openDiskBuffer(folder)
  expect(next.points).toBe(200)
  next.append(points(200, 5))
  expect(await takeAll(next)).toEqual(points(0, 205))
  expect(next.points).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

it('goes on when something is appended while the oldest is being sent', async () => {
  const buffer = openDiskBuffer(join(root, 'own'))
  buffer.append(points(0, 3))
  const first = await buffer.oldest()
  buffer.append(points(3, 3))
  expect(first?.points).toEqual(points(0, 3))
  // Not yet done: it is given again.
  expect((await buffer.oldest())?.points).toEqual(points(0, 3))
  await first?.done()
  expect(await takeAll(buffer)).toEqual(points(3, 3))
})

it('leaves out a line that a crash tore and whatever is no point, and keeps the rest', async () => {
  const folder = join(root, 'own')
  openDiskBuffer(folder).append(points(0, 3))
  const [name] = readdirSync(folder)
  const path = join(folder, name as string)
  const whole = readFileSync(path)
  appendFileSync(path, 'null\n{"a":1}\n["enterprise_usage","nobody",{},1,"5"]\n')
  appendFileSync(path, whole.subarray(0, 50))
  const buffer = openDiskBuffer(folder)
  expect(await takeAll(buffer)).toEqual(points(0, 3))
  writeFileSync(join(folder, '000.points'), '')
  expect(await takeAll(openDiskBuffer(folder))).toEqual([])
})

it('drops the oldest beyond its bound, says how many, and loses nothing before it', async () => {
  const maxBytes = 64 * 1_000
  const buffer = openDiskBuffer(join(root, 'own'), { maxBytes })
  const line = JSON.stringify(['enterprise_usage', enterpriseId, points(0, 1)[0]?.tags, 0.1, '1700000000000000000']).length
  let appended = 0
  let dropped = 0
  while (dropped === 0) {
    dropped += buffer.append(points(appended, 4))
    appended += 4
  }
  expect(appended * line).toBeGreaterThan(maxBytes * 0.9)
  for (let i = 0; i < 100; i++) {
    dropped += buffer.append(points(appended, 4))
    appended += 4
  }
  const kept = await takeAll(buffer)
  expect(kept).toEqual(points(dropped, appended - dropped))
  expect(kept.length * line).toBeGreaterThan(maxBytes * 0.9)
})

it('takes over what another has left, before its own younger points', async () => {
  openDiskBuffer(join(root, 'other')).append(points(0, 3))
  const buffer = openDiskBuffer(join(root, 'own'))
  buffer.append(points(3, 3))
  buffer.adopt(join(root, 'other'))
  buffer.append(points(6, 3))
  expect(readdirSync(join(root, 'other'))).toEqual([])
  expect(await takeAll(buffer)).toEqual(points(0, 9))
})
