import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lastLines, run } from './command.mjs'
import { adviceFor, SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'
import { readPlaywrightReport } from './playwright-report.mjs'
import { checkNode, projectDir, serverEnvironment } from './setup.mjs'

const folder = mkdtempSync(join(tmpdir(), 'aia-setup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what a start says when it cannot go on', () => {
  it('refuses a Node that is too old and names the one it needs', () => {
    for (const old of ['18.20.4', '20.18.3', '16.0.0']) expect(() => checkNode(old)).toThrow(/needs Node 20\.19 or newer/)
    for (const good of ['20.19.0', '22.1.0', '24.0.0']) expect(() => checkNode(good)).not.toThrow()
  })

  it('tells apart no network, a full disk, a wrong certificate and too little memory', () => {
    expect(adviceFor('npm error code EAI_AGAIN\nnpm error getaddrinfo EAI_AGAIN', '/x')[0]).toContain('network')
    expect(adviceFor('npm error ENOSPC: no space left on device, write', '/x')[0]).toContain('disk is full')
    expect(adviceFor('npm error code SELF_SIGNED_CERT_IN_CHAIN\nnetwork', '/x')[0]).toContain('NODE_EXTRA_CA_CERTS')
    expect(adviceFor('FATAL ERROR: Reached heap limit - JavaScript heap out of memory', '/x')[0]).toContain('memory')
    expect(adviceFor('EACCES: permission denied', '/x')[0]).toContain('/x')
    expect(adviceFor('Type error: something', '/x')).toEqual([])
  })

  it('keeps the last lines of a log without its colours', () => {
    expect(lastLines('a\n\u001b[31mb\u001b[0m\n\nc\n', 2)).toBe('b\nc')
    // A crash inside a minified script prints the script: its words are not the cause.
    expect(lastLines(`${'x'.repeat(300)} network\nTypeError: no`)).toBe(`${'x'.repeat(300)} …\nTypeError: no`)
  })
})

describe('the environment of the server', () => {
  it('has absolute paths and the documented defaults', () => {
    expect(serverEnvironment({})).toMatchObject({
      PORT: '3000',
      HOSTNAME: '127.0.0.1',
      AIA_DATA_DIR: join(projectDir, '.data'),
      AIA_PROJECT_DIR: projectDir,
    })
  })

  it('takes what is given, and an empty variable as not given', () => {
    const env = serverEnvironment({ PORT: '4000', AIA_HOST: '0.0.0.0', AIA_DATA_DIR: 'here', AIA_PROJECT_DIR: '', HOSTNAME: 'machine-name' })
    expect(env).toMatchObject({ PORT: '4000', HOSTNAME: '0.0.0.0', AIA_DATA_DIR: resolve(projectDir, 'here'), AIA_PROJECT_DIR: projectDir })
  })
})

describe('one set-up at a time', () => {
  const contender = join(folder, 'contender.mjs')
  writeFileSync(
    contender,
    `import { withLock } from ${JSON.stringify(`file://${join(projectDir, 'scripts', 'lock.mjs')}`)}
import { appendFileSync } from 'node:fs'
const [file, log] = process.argv.slice(2)
await withLock(file, async () => {
  appendFileSync(log, 'in\\n')
  await new Promise((resolve) => setTimeout(resolve, 60))
  appendFileSync(log, 'out\\n')
})`,
  )
  const contend = (file, log) => new Promise((resolve) => spawn(process.execPath, [contender, file, log], { stdio: 'inherit' }).on('exit', resolve))

  it('lets contenders in one after another, also past a lock whose holder died or that is torn', async () => {
    for (const [name, left] of [
      ['dead', '{"pid":2147483000,"startedAt":"1","token":"t"}'],
      ['torn', '{"pid":'],
    ]) {
      const [file, log] = [join(folder, `${name}.lock`), join(folder, `${name}.log`)]
      writeFileSync(file, left)
      expect(await Promise.all([1, 2, 3, 4].map(() => contend(file, log)))).toEqual([0, 0, 0, 0])
      expect(readFileSync(log, 'utf8')).toBe('in\nout\n'.repeat(4))
    }
  })

  it('gives the lock back when the work fails', async () => {
    const file = join(folder, 'failing.lock')
    await expect(withLock(file, () => Promise.reject(new SetupFailure('no')))).rejects.toThrow('no')
    expect(await withLock(file, () => 'again')).toBe('again')
  })
})

describe('running a command', () => {
  it('gives its code and output, and 127 for one that is not there', async () => {
    const log = join(folder, 'command.log')
    const options = { cwd: folder, env: process.env, log }
    expect(await run(process.execPath, ['-e', 'console.log("said"); process.exit(3)'], options)).toMatchObject({ code: 3, output: 'said\n' })
    expect(readFileSync(log, 'utf8')).toBe('said\n')
    expect(await run(join(folder, 'absent'), [], options)).toMatchObject({ code: 127 })
  })
})

describe('the report of the end-to-end tests', () => {
  const report = (...tests) =>
    JSON.stringify({ errors: [], suites: [{ specs: [], suites: [{ specs: [{ file: 'a.spec.ts', title: 'does', tests }] }] }] })
  const test = (status, annotations = []) => ({
    status,
    annotations,
    results: [{ errors: status === 'unexpected' ? [{ message: '\u001b[31mno\u001b[39m' }] : [] }],
  })

  it('counts passed, failed and skipped', () => {
    const outcome = readPlaywrightReport(
      report(test('expected'), test('unexpected'), test('flaky'), test('skipped', [{ type: 'skip', description: 'no browser' }])),
    )
    expect(outcome.passed).toBe(1)
    expect(outcome.failures.map(({ detail }) => detail)).toEqual(['no', 'ended as flaky'])
    expect(outcome.skips).toEqual([{ name: 'a.spec.ts > does', reason: 'no browser' }])
  })

  it('counts a test that was not run as failed', () => {
    expect(readPlaywrightReport(report(test('skipped'))).failures).toHaveLength(1)
  })

  it('counts an error outside the tests as failed', () => {
    expect(readPlaywrightReport(JSON.stringify({ errors: [{ message: 'server died' }], suites: [] })).failures).toMatchObject([
      { detail: 'server died' },
    ])
  })
})
