// Who may import whom. Fails on every broken rule of .dependency-cruiser.cjs, and when a source file was not looked at:
// a checker that reads nothing reports success.
import { existsSync, readdirSync } from 'node:fs'
import { cruise } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const folders = ['app', 'components', 'server', 'scripts', 'bench', 'e2e'].filter((folder) => existsSync(folder))
const rootFiles = ['proxy.ts', 'instrumentation.ts', 'instrumentation-client.ts', 'next.config.mjs'].filter((file) => existsSync(file))
const isSource = (path) => /\.(?:tsx?|mjs|cjs|jsx?)$/.test(path)

const sourcesUnder = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? sourcesUnder(path) : isSource(path) ? [path] : []
  })

const options = await extractDepcruiseOptions('./.dependency-cruiser.cjs')
const { output } = await cruise([...folders, ...rootFiles], { ...options, validate: true }, undefined, {
  tsConfig: extractTSConfig('./tsconfig.json'),
})

const seen = new Set(output.modules.map((module) => module.source))
const expected = [...folders.flatMap(sourcesUnder), ...rootFiles]
const unseen = expected.filter((path) => !seen.has(path))
// Every file is seen even by a parser that reads nothing of it; the imports that it found show that it read.
const imports = output.modules.reduce((sum, module) => sum + module.dependencies.length, 0)

for (const violation of output.summary.violations) {
  const cycle = violation.cycle ? ` (${violation.cycle.map((step) => step.name).join(' → ')})` : ''
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}${cycle}`)
}
for (const path of unseen) console.error(`not looked at: ${path}`)
const tooFewImports = imports < expected.length
if (tooFewImports) console.error(`only ${imports} imports were found in ${expected.length} files: the checker cannot read them`)
console.log(`${expected.length} files, ${imports} imports, ${output.summary.violations.length} broken rules`)
process.exitCode = output.summary.violations.length + unseen.length > 0 || tooFewImports ? 1 : 0
