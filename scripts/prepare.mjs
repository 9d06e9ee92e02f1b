// Runs after every install: sets up the git hooks where that is possible, and is silent where it is not
// (no git, no checkout, packages without development tools, CI).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const projectDir = fileURLToPath(new URL('..', import.meta.url))
const lefthook = join(projectDir, 'node_modules', 'lefthook', 'bin', 'index.js')
if (!process.env.CI && process.env.LEFTHOOK !== '0' && existsSync(join(projectDir, '.git')) && existsSync(lefthook)) {
  spawnSync(process.execPath, [lefthook, 'install'], { cwd: projectDir, stdio: 'ignore', timeout: 20_000 })
}
