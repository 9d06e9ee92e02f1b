// npm test: set-up, then every check, then one line with the counts.
//   npm test                          everything
//   npm test -- --only types,unit     some checks: types, lint, architecture, dead-code, unit, build, e2e, schemathesis
//   npm test -- --only unit server/x  unit tests of some files only
// A check outside vitest and Playwright counts as one test. With AIA_REQUIRE_ALL=1 a skipped test is a failed one, except those
// that need ../shared/data where that folder is absent.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { lastLines, readText, run, showProgress } from './command.mjs'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { readPlaywrightReport } from './playwright-report.mjs'
import { runSchemathesis } from './schemathesis.mjs'
import { checkNode, ensureBuild, ensurePackages, logDir, projectDir } from './setup.mjs'

const bin = (...path) => join('node_modules', ...path)
const passed = (count = 1) => ({ passed: count, failures: [], skips: [] })
const failed = (name, detail) => ({ passed: 0, failures: [{ name, detail }], skips: [] })

async function command(key, args, env = {}) {
  const log = join(logDir, `test-${key}.log`)
  const result = await run(process.execPath, args, { cwd: projectDir, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env }, log })
  return { ...result, log }
}

/** A check that passes or fails as a whole. */
async function check(key, ...commands) {
  for (const args of commands) {
    const result = await command(key, args)
    if (result.code !== 0) return failed(key, `${lastLines(result.output, 80)}\n(whole log: ${result.log})`)
  }
  return passed()
}

/** A test runner that writes a report. Its exit code counts too: a runner that dies must not look like one that passed. */
async function runner(key, args, env, report, read) {
  rmSync(report, { force: true })
  const result = await command(key, args, env)
  const counts = existsSync(report) ? read(readText(report)) : failed(key, `${lastLines(result.output)}\n(whole log: ${result.log})`)
  const nothing = counts.passed + counts.failures.length + counts.skips.length === 0
  if (nothing || (result.code !== 0 && counts.failures.length === 0)) counts.failures.push({ name: key, detail: lastLines(result.output) })
  if (counts.failures.length > 0) counts.log = result.log
  return counts
}

const checks = {
  types: () =>
    check('types', [bin('next', 'dist', 'bin', 'next'), 'typegen', '--webpack'], [bin('typescript', 'bin', 'tsc'), '--noEmit', '--pretty', 'false']),
  lint: () => check('lint', [bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '--max-diagnostics=50']),
  architecture: () => check('architecture', ['scripts/architecture.mjs']),
  'dead-code': () => check('dead-code', [bin('knip', 'bin', 'knip.js'), '--no-progress']),
  unit: (files) => {
    const report = join(logDir, 'vitest.json')
    const args = [bin('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=./scripts/vitest-report.mjs', ...files]
    return runner('unit', args, { AIA_TEST_REPORT: report }, report, JSON.parse)
  },
  build: async () => {
    try {
      await ensureBuild()
      return passed()
    } catch (error) {
      return failed('build', `${error.message}\n${error.details ?? ''}\n${(error.advice ?? []).join('\n')}`)
    }
  },
  e2e: async () => {
    await ensureBuild()
    const report = join(logDir, 'playwright.json')
    const args = [bin('@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json']
    return runner('e2e', args, { PLAYWRIGHT_JSON_OUTPUT_FILE: report, FORCE_COLOR: '0' }, report, readPlaywrightReport)
  },
  schemathesis: async () => {
    await ensureBuild()
    const result = await runSchemathesis()
    if ('skipped' in result) return { passed: 0, failures: [], skips: [{ name: 'schemathesis', reason: result.skipped }] }
    return result.code === 0 ? passed() : failed('schemathesis', `${lastLines(result.output, 80)}\n(whole log: ${result.log})`)
  },
}

function parseArguments(args) {
  const at = args.indexOf('--only')
  if (at === -1) {
    if (args.length > 0)
      throw new SetupFailure(`Unknown option ${args[0]}.`, { advice: [`Use: npm test -- --only ${Object.keys(checks).join(',')}`] })
    return { chosen: Object.keys(checks), files: [] }
  }
  const chosen = (args[at + 1] ?? '').split(',')
  const unknown = chosen.find((key) => !(key in checks))
  if (unknown !== undefined)
    throw new SetupFailure(`There is no check "${unknown}".`, { advice: [`The checks are: ${Object.keys(checks).join(', ')}`] })
  return { chosen, files: args.slice(at + 2) }
}

const isDataFolderAbsent = () => !existsSync(join(projectDir, '..', 'shared', 'data'))
const mayBeSkipped = ({ reason }) => reason.includes('shared/data') && isDataFolderAbsent()

async function main() {
  checkNode()
  const { chosen, files } = parseArguments(process.argv.slice(2))
  const requireAll = process.env.AIA_REQUIRE_ALL === '1'
  await ensurePackages({ withModelRuntime: true })

  const table = []
  for (const key of chosen) {
    const startedAt = Date.now()
    // ensureBuild shows its own progress
    const done = key === 'build' ? () => {} : showProgress(`Checking: ${key}`)
    let outcome
    try {
      outcome = await checks[key](files)
    } catch (error) {
      outcome = failed(key, `${error.message}\n${error.details ?? ''}`)
    }
    if (requireAll) {
      const missing = outcome.skips.filter((skip) => !mayBeSkipped(skip))
      outcome.failures.push(...missing.map(({ name, reason }) => ({ name, detail: `skipped where nothing may be skipped: ${reason}` })))
      outcome.skips = outcome.skips.filter(mayBeSkipped)
    }
    done(outcome.failures.length > 0 ? 'failed' : 'passed')
    for (const { name, detail } of outcome.failures) console.log(`\n✗ ${name}\n${detail.trimEnd()}\n`)
    if (outcome.log) console.log(`(whole log: ${outcome.log})\n`)
    table.push({ key, ...outcome, seconds: Math.round((Date.now() - startedAt) / 1000) })
  }
  summarise(table)
}

function summarise(table) {
  const count = (pick) => table.reduce((sum, row) => sum + pick(row), 0)
  const totals = { passed: count((row) => row.passed), failed: count((row) => row.failures.length), skipped: count((row) => row.skips.length) }
  const cell = (value) => String(value).padStart(8)
  console.log(`\n${'check'.padEnd(14)}${['passed', 'failed', 'skipped', 'seconds'].map(cell).join('')}`)
  for (const row of table) {
    console.log(`${row.key.padEnd(14)}${[row.passed, row.failures.length, row.skips.length, row.seconds].map(cell).join('')}`)
  }
  for (const { name, reason } of table.flatMap((row) => row.skips)) console.log(`skipped: ${name}: ${reason}`)
  // The last line, for whoever reads the outcome by machine.
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0
}

try {
  await main()
} catch (error) {
  reportAndExit(error)
}
