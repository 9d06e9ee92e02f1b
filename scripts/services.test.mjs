import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { run } from './command.mjs'
import { projectDir } from './setup.mjs'

const folder = mkdtempSync(join(tmpdir(), 'aia-services-'))
let runs = 0

/** What `npm run services -- …` says and its exit code, on a folder of the test's own. */
async function services(...words) {
  const log = join(folder, `run-${runs++}.log`)
  const { code, output } = await run(process.execPath, [join(projectDir, 'scripts', 'services.mjs'), ...words], {
    cwd: tmpdir(),
    env: { ...process.env, AIA_SERVICES_DIR: join(folder, 'services') },
    log,
  })
  return { code, output }
}
const settings = () => JSON.parse(readFileSync(join(folder, 'services', 'settings.json'), 'utf8'))

/** Somebody else on a port, who takes connections and says nothing; gives what ends it. */
function occupy(port) {
  const sockets = []
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => sockets.push(socket)).once('error', reject)
    const leave = () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(done))
    }
    server.listen(port, '127.0.0.1', () => resolve(leave))
  })
}

afterAll(async () => {
  await services('down')
  rmSync(folder, { recursive: true, force: true })
})

describe('npm run services', () => {
  it('says what it can do when it does not understand', async () => {
    for (const words of [[], ['start'], ['up', 'oracle'], ['env', 'redis', 'constructor']]) {
      const { code, output } = await services(...words)
      expect([code, output], words.join(' ')).toEqual([
        1,
        expect.stringMatching(/→ Use: npm run services -- up\|down\|status\|env \[postgres\|redis\|/),
      ])
      expect(output).not.toContain('    at ')
    }
  })

  it('says what to do when there is nothing to point at, and prints no line for a shell', () => {
    const script = join(projectDir, 'scripts', 'services.mjs')
    const options = { encoding: 'utf8', env: { ...process.env, AIA_SERVICES_DIR: join(folder, 'nothing') } }
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'env'], options)
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/No service runs\.\n.*npm run services -- up/)
  })

  describe('with Redis, which starts in no time', () => {
    beforeEach((context) => {
      if (spawnSync('redis-server', ['--version']).status !== 0) context.skip('needs redis-server (Debian: apt-get install redis-server)')
    })

    it('starts it once though it is asked for twice at a time, tells its address, stops it and keeps what it made up', async () => {
      expect(await services('status', 'redis')).toMatchObject({ code: 1, output: expect.stringContaining('stopped') })
      expect(await services('env', 'redis')).toMatchObject({ code: 1, output: expect.stringContaining('npm run services -- up redis') })
      const both = await Promise.all([services('up', 'redis'), services('up', 'redis')])
      const { port, password } = settings().redis
      for (const each of both) expect(each).toMatchObject({ code: 0, output: expect.stringContaining(`redis runs on 127.0.0.1:${port}\n`) })
      expect(await services('status', 'redis')).toMatchObject({ code: 0, output: expect.stringContaining('running') })
      const { output } = await services('env', 'redis')
      expect(output.trim()).toBe(`export REDIS_URL='redis://default:${password}@127.0.0.1:${port}'`)
      expect((await services('env')).output).toContain(output)
      expect(statSync(join(folder, 'services', 'settings.json')).mode & 0o077).toBe(0)
      expect((await services('down', 'redis')).code).toBe(0)
      expect((await services('status', 'redis')).code).toBe(1)
      expect((await services('down', 'redis')).code).toBe(0)

      const leave = await occupy(port)
      expect((await services('up', 'redis')).code).toBe(0)
      expect(settings().redis).toEqual({ port: expect.not.stringMatching(String(port)), password })
      expect(settings().redis.port).not.toBe(port)
      await leave()
    })

    it('starts three masters as one cluster, by its name only, and finds it again with its data after a stop on other ports', async () => {
      expect((await services('up', 'redis-cluster')).code).toBe(0)
      const ask = (url, ...words) => {
        const { port, password } = new URL(url)
        return spawnSync('redis-cli', ['-c', '-p', port, ...words], {
          encoding: 'utf8',
          env: { ...process.env, REDISCLI_AUTH: password },
        }).stdout.trim()
      }
      const addresses = async () => (await services('env', 'redis-cluster')).output.trim().slice("export REDIS_URL='".length, -1).split(',')
      const before = await addresses()
      expect(before).toHaveLength(3)
      for (const [index, url] of before.entries()) expect(ask(url, 'set', `key:${index}`, String(index))).toBe('OK')
      expect((await services('env')).output).not.toContain(before[0])
      expect((await services('status')).output).not.toContain('redis-cluster')

      // One of its nodes is lost: it does not run, and `down` stops the others.
      ask(before[1], 'shutdown')
      expect((await services('status', 'redis-cluster')).code).toBe(1)
      expect((await services('down', 'redis-cluster')).code).toBe(0)
      expect(ask(before[0], 'ping')).toBe('')
      const leave = await occupy(Number(new URL(before[0]).port))
      expect((await services('up', 'redis-cluster')).code).toBe(0)
      await leave()
      const after = await addresses()
      expect(after).not.toEqual(before)
      for (const url of after) for (const index of [0, 1, 2]) expect(ask(url, 'get', `key:${index}`)).toBe(String(index))
    })
  })
})
