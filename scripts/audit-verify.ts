// npm run audit:verify -- FILE [--key VERIFIER_KEY]…: verifies an exported audit log. Needs no database, no network and no running AIA.
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { ExportVerifier } from '../server/crypto/transparency/audit-export.ts'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { key: { type: 'string', multiple: true }, json: { type: 'boolean' } } })
const [file] = positionals
if (!file || positionals.length > 1) {
  console.error('Usage: npm run audit:verify -- FILE [--key VERIFIER_KEY]… [--json]')
  process.exit(2)
}

const verifier = new ExportVerifier(values.key ?? [])
try {
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) verifier.line(line)
} catch (error) {
  console.error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`)
  process.exit(2)
}

const report = verifier.report()
if (values.json) console.log(JSON.stringify(report, null, 2))
else if (report.ok) {
  console.log(`OK: ${report.rows} rows, whole and unaltered, of the log ${report.origin}`)
  console.log(`Checkpoint signed ${report.signedAt} (Ed25519 and ML-DSA-44), root ${report.root}`)
  if (!values.key)
    for (const key of report.keys) console.log(`Signed by ${key.split('+', 2).join('+')}: compare with Admin > Audit, or give the whole key by --key`)
} else {
  console.log(`NOT OK: ${report.problemCount} ${report.problemCount === 1 ? 'problem' : 'problems'} in ${report.rows} rows`)
  for (const { kind, detail } of report.problems) console.log(`${kind}: ${detail}`)
}
process.exit(report.ok ? 0 : 1)
