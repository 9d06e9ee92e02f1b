import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { notAtItsLevel, readsRefused } from './soak-judge.ts'
import { readOptions } from './soak-options.ts'

describe('the options of a soak', () => {
  it('are read, or made up', () => {
    expect(readOptions(['--minutes', '0.5', '--seed', '7', '--services', 'postgres,gcs'])).toEqual({
      minutes: 0.5,
      seed: 7,
      names: ['postgres', 'gcs'],
    })
    expect(readOptions(['--services', 'none'])).toMatchObject({ minutes: 2, seed: expect.any(Number), names: [] })
    expect(readOptions([]).names).toContain('redis-cluster')
  })

  it.each([
    [['--minutes', 'x'], '--minutes x is no number above 0'],
    [['--minutes', '0'], '--minutes 0 is no number above 0'],
    [['--seed', '1.5'], '--seed 1.5 is no whole number'],
    [['--services', 'mysql'], "there is no service 'mysql'"],
    [['--services', 'redis,redis-cluster'], 'redis and redis-cluster stand in for each other'],
    [['--hours', '1'], "Unknown option '--hours'"],
    [['5'], "Unexpected argument '5'"],
  ])('%j end in one line', (args, why) => {
    expect(() => readOptions(args)).toThrow(new RegExp(`^soak: ${why.replace(/[.*+?^$()[\]]/g, '\\$&')}[^\\n]*\\. Usage: [^\\n]+$`))
  })

  it('that do not do end the program without a stack', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/soak.ts', '--minutes', 'many'], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([2, ''])
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .filter((line) => !line.includes('WARNING')),
    ).toEqual([expect.stringMatching(/^soak: --minutes many .*Usage: /)])
  })
})

describe('the judgement over a soak', () => {
  const level = { heapMb: 100, sockets: 20 }
  const seen = { first: level, last: level, end: { heapMb: 90, sockets: 0 }, added: 100, mostSockets: 40 }
  it.each([
    ['all is as it was', {}, 0],
    ['memory grew with the knowledge', { last: { heapMb: 166, sockets: 20 } }, 0],
    ['memory is kept', { last: { heapMb: 300, sockets: 20 } }, 1],
    ['sockets are kept', { last: { heapMb: 100, sockets: 41 } }, 1],
    ['sockets are open after the end', { end: { heapMb: 100, sockets: 9 } }, 1],
  ])('%s', (_what, more, findings) => {
    expect(notAtItsLevel({ ...seen, ...more })).toHaveLength(findings)
  })
  it('takes a read that was refused for a fault, unless there was nothing to read from', () => {
    expect(readsRefused({ name: 'redis stopped' }, 3, 5)).toEqual(['2 reads were answered 503 while this happened: redis stopped'])
    expect(readsRefused({ name: 'redis stopped' }, 3, 3)).toEqual([])
    expect(readsRefused({ name: 'postgres stopped', stopsReading: true }, 3, 5)).toEqual([])
  })
})
