// A vitest reporter that writes what happened as one JSON file: counts, failures and the reason of every skip.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'

const sharedData = '../shared/data'

/** Why a test did not run, or null when it gave no reason: then it counts as failed, because nobody would miss it. */
function skipReason(test, result) {
  if (result.note) return result.note
  const isSkippedByCondition = test.options.mode === 'skip'
  if (isSkippedByCondition && !existsSync(sharedData) && readFileSync(test.module.moduleId, 'utf8').includes('shared/data')) {
    return `needs ${sharedData}, which is not there`
  }
  return null
}

export default class VitestReport {
  onTestRunEnd(testModules, unhandledErrors) {
    const report = { passed: 0, failures: [], skips: [] }
    const fail = (name, detail) => report.failures.push({ name, detail: String(detail) })
    for (const module of testModules) {
      const file = relative(process.cwd(), module.moduleId)
      for (const error of module.errors()) fail(file, error.message)
      for (const suite of module.children.allSuites()) for (const error of suite.errors()) fail(`${file} > ${suite.fullName}`, error.message)
      for (const test of module.children.allTests()) {
        const name = `${file} > ${test.fullName}`
        const result = test.result()
        if (result.state === 'passed') report.passed += 1
        else if (result.state === 'failed') fail(name, result.errors.map((error) => error.message).join('\n'))
        else {
          const reason = skipReason(test, result)
          if (reason) report.skips.push({ name, reason })
          else fail(name, 'was not run and says no reason (give one with context.skip(reason))')
        }
      }
    }
    for (const error of unhandledErrors) fail('outside every test', error.message)
    writeFileSync(process.env.AIA_TEST_REPORT, JSON.stringify(report))
  }
}
