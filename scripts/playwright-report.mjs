function specsOf(suite) {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)]
}

/** Counts of Playwright's JSON report. A test that passed only when repeated is a failed one: it hides something. */
export function readPlaywrightReport(text) {
  const report = JSON.parse(text)
  const outcome = { passed: 0, failures: (report.errors ?? []).map((error) => ({ name: 'e2e', detail: String(error.message) })), skips: [] }
  for (const spec of report.suites.flatMap(specsOf)) {
    for (const test of spec.tests) {
      const name = `${spec.file} > ${spec.title}`
      const reason = test.annotations.find((annotation) => annotation.type === 'skip')?.description
      if (test.status === 'expected') outcome.passed += 1
      else if (test.status === 'skipped' && reason) outcome.skips.push({ name, reason })
      else if (test.status === 'skipped')
        outcome.failures.push({ name, detail: 'was not run: an earlier step failed, or it is skipped without a reason' })
      else outcome.failures.push({ name, detail: detailOf(test) })
    }
  }
  return outcome
}

function detailOf(test) {
  const messages = test.results.flatMap((result) => result.errors.map((error) => error.message ?? ''))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a colour code
  return messages.join('\n').replace(/\u001b\[[0-9;]*m/g, '') || `ended as ${test.status}`
}
