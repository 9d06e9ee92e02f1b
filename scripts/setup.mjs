// What `npm start`, `npm test` and `npm run build` need before they can do their own job. No dependency of its own:
// it runs before there is a node_modules.
import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastLines, readText, run, showProgress } from './command.mjs'
import { adviceFor, SetupFailure } from './failure.mjs'
import { withLock } from './lock.mjs'

export const projectDir = resolve(fileURLToPath(new URL('..', import.meta.url)))
export const logDir = join(projectDir, 'node_modules', '.cache', 'aia', 'logs')
export const standaloneDir = join(projectDir, '.next', 'standalone')

const lockFile = join(projectDir, 'package-lock.json')
const installMark = join(projectDir, 'node_modules', '.aia-lock')
const compilerCache = join(projectDir, '.next', 'cache')
const buildMark = join(standaloneDir, '.aia-build')
const neededNode = [20, 19]

/** @throws SetupFailure when this Node is older than package.json's `engines` */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > neededNode[0] || (major === neededNode[0] && minor >= neededNode[1])) return
  throw new SetupFailure(`AIA needs Node ${neededNode.join('.')} or newer; this is ${version}.`, {
    advice: ['Install a current Node from https://nodejs.org (or `nvm install --lts`), then run the same command again.'],
  })
}

const sha256 = (content) => createHash('sha256').update(content).digest('hex')

const packagesIn = (file) => JSON.parse(readText(file) || '{}').packages ?? {}

/**
 * True when node_modules holds every package of the lock in its version. Optional ones are for other platforms or peers that npm
 * may leave out; what npm wrote about its own last run tells the versions without opening hundreds of files.
 */
function packagesMatchLock() {
  const lockHash = sha256(readFileSync(lockFile))
  const installed = packagesIn(join(projectDir, 'node_modules', '.package-lock.json'))
  const sameVersions = Object.entries(packagesIn(lockFile)).every(([path, wanted]) => {
    if (path === '' || wanted.optional || wanted.devOptional || wanted.peer) return true
    return installed[path]?.version === wanted.version && existsSync(join(projectDir, path, 'package.json'))
  })
  if (!sameVersions) return false
  // A first install made by hand has no mark yet.
  if (readText(installMark) !== lockHash) writeFileSync(installMark, lockHash)
  return true
}

const modelRuntime = JSON.parse(readFileSync(join(projectDir, 'server', 'neural', 'vectors', 'runtime.json'), 'utf8'))

/** Runs models of AIA_EMBEDDINGS_DIR. Large, so no dependency: only who sets that variable, and the tests, install it. */
const hasModelRuntime = () =>
  JSON.parse(readText(join(projectDir, 'node_modules', modelRuntime.name, 'package.json')) || '{}').version === modelRuntime.version

/** How to start npm: the very npm that started us, or the one on the PATH (a .cmd on Windows, which only a shell can start). */
function npmCommand() {
  const own = process.env.npm_execpath
  if (own && /npm-cli\.[cm]?js$/.test(own)) return { command: process.execPath, before: [own], shell: false }
  return { command: 'npm', before: [], shell: process.platform === 'win32' }
}

/**
 * Installs the packages when node_modules is absent or does not hold what the lock says, or lacks the runtime for local models where it is wanted.
 * `--no-save` because `npm ci` refuses a lock that lacks other platforms' optional packages and a plain install rewrites it.
 */
export async function ensurePackages({ withModelRuntime = Boolean(process.env.AIA_EMBEDDINGS_DIR) } = {}) {
  const isComplete = () => packagesMatchLock() && (!withModelRuntime || hasModelRuntime())
  if (isComplete()) return
  await withSetupLock(async () => {
    if (isComplete()) return
    const log = join(logDir, 'install.log')
    const done = showProgress('Installing packages (once, about a minute)')
    const { command, before, shell } = npmCommand()
    // Once installed it stays: npm would remove what no file asks for.
    const more = withModelRuntime || hasModelRuntime() ? [`${modelRuntime.name}@${modelRuntime.version}`] : []
    const args = [...before, 'install', '--no-save', '--no-audit', '--no-fund', '--include=dev', '--include=optional', ...more]
    const result = await run(command, args, { cwd: projectDir, env: process.env, log, shell })
    done(result.code === 0 ? 'done' : 'failed')
    if (result.code === 127) {
      throw new SetupFailure('npm was not found.', {
        advice: ['npm comes with Node: install Node from https://nodejs.org, then run the same command again.'],
      })
    }
    if (result.code !== 0) throw failure('Installing the packages failed', result.output, log)
    writeFileSync(installMark, sha256(readFileSync(lockFile)))
    if (!isComplete()) {
      throw new SetupFailure('npm reported success, but node_modules does not hold what package-lock.json says.', {
        advice: ['Delete the folder node_modules, then run the same command again.', `The whole log: ${log}`],
      })
    }
  })
}

function withSetupLock(work) {
  const file = join(projectDir, 'node_modules', '.aia-setup.lock')
  return withLock(file, work, (pid) => console.log(`Another set-up of this checkout is running (process ${pid}); waiting for it.`))
}

function failure(message, output, log) {
  const details = lastLines(output)
  return new SetupFailure(`${message}.`, { details, advice: [...adviceFor(details, projectDir), `The whole log: ${log}`] })
}

const vendorFiles = [
  ['swagger-ui-dist/swagger-ui.css', 'swagger-ui.css'],
  ['swagger-ui-dist/swagger-ui-bundle.js', 'swagger-ui-bundle.js'],
  ['redoc/bundles/redoc.standalone.js', 'redoc.standalone.js'],
]

// ReDoc would fetch its maker's logo from outside.
const foreignLogo = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const emptyPicture = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E'

/**
 * Models of what people hold: hands, today's headsets, and one that stands for every other controller. All 40 of the package are 98 MB, these 12;
 * a browser fetches the one or two files of the headset it runs in.
 */
const xrProfiles = [
  'generic-hand',
  'generic-trigger-squeeze-thumbstick',
  'meta-quest-touch-plus',
  'meta-quest-touch-plus-v2',
  'meta-quest-touch-pro',
  'oculus-touch-v3',
  'pico-4',
  'pico-4u',
  'pico-neo3',
  'htc-vive-focus-3',
]

/** Without these a browser without the internet would see no controller at all: @react-three/xr takes them from a CDN unless told otherwise. */
function copyXrProfiles(folder) {
  const from = join(projectDir, 'node_modules', '@webxr-input-profiles', 'assets', 'dist', 'profiles')
  rmSync(folder, { recursive: true, force: true })
  for (const profile of xrProfiles) cpSync(join(from, profile), join(folder, profile), { recursive: true })
  // A headset names several profiles, the most exact first: only those that are here may be found.
  const all = JSON.parse(readText(join(from, 'profilesList.json')))
  const kept = Object.fromEntries(xrProfiles.map((profile) => [profile, all[profile]]))
  writeFileSync(join(folder, 'profilesList.json'), JSON.stringify(kept))
}

/** Copies what the browser needs of packages into public/vendor (documentation pages, models of headsets): AIA serves it itself, nothing comes from a CDN. */
export function copyVendorFiles() {
  const folder = join(projectDir, 'public', 'vendor')
  mkdirSync(folder, { recursive: true })
  copyXrProfiles(join(folder, 'xr'))
  for (const [from, to] of vendorFiles) copyFileSync(join(projectDir, 'node_modules', from), join(folder, to))
  const redoc = join(folder, 'redoc.standalone.js')
  writeFileSync(redoc, readText(redoc).replaceAll(foreignLogo, emptyPicture))
}

const buildInputs = ['app', 'components', 'server', 'public', 'drizzle']
const buildInputFiles = [
  'proxy.ts',
  'instrumentation.ts',
  'instrumentation-client.ts',
  'next.config.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'postcss.config.mjs',
  'scripts/setup.mjs',
  'scripts/service-worker.mjs',
]

// What changes no byte of the build: tests, the vendor files, which follow from the lock, and the service worker, which the build makes.
const isOutsideBuild = (path) =>
  /\.test\.tsx?$/.test(path) || path.startsWith('server/testing/') || path.startsWith('public/vendor/') || path === 'public/sw.js'

function filesUnder(folder) {
  const whole = join(projectDir, folder)
  if (!existsSync(whole)) return []
  return readdirSync(whole, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}

/** SHA-256 over everything a build is made from. By content, not by time: checkouts and copies change times, and deletions leave none. */
export function buildHash() {
  const hash = createHash('sha256')
  hash.update(`${process.platform} ${process.arch}\n`)
  // The build takes it along where it is installed.
  hash.update(`${hasModelRuntime()}\n`)
  const paths = [...buildInputs.flatMap(filesUnder), ...buildInputFiles.filter((file) => existsSync(join(projectDir, file)))]
  for (const path of paths.filter((each) => !isOutsideBuild(each)).sort()) {
    hash
      .update(`${path}\n`)
      .update(sha256(readFileSync(join(projectDir, path))))
      .update('\n')
  }
  return hash.digest('hex')
}

export const isBuilt = () => existsSync(join(standaloneDir, 'server.js')) && readText(buildMark) === buildHash()

/** Builds the standalone server when it is absent or stale. `always` builds in any case. */
export async function ensureBuild({ always = false } = {}) {
  if (!always && isBuilt()) return
  await withSetupLock(async () => {
    if (!always && isBuilt()) return
    await build()
  })
}

/** Threads are files that Node starts, so the compiler of the pages does not see them: they are translated with what they import. */
function translateThreads() {
  const options = '--ignoreConfig --noCheck --module nodenext --target es2022 --types node --rewriteRelativeImportExtensions --rootDir server'.split(
    ' ',
  )
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
  const sources = ['knowledge/analysis-worker.ts', 'graph/layout-worker.ts'].map((file) => join('server', 'neural', file))
  return run(process.execPath, [compiler, ...options, '--outDir', join(standaloneDir, 'server'), ...sources], {
    cwd: projectDir,
    log: join(logDir, 'thread.log'),
  })
}

// The build has one entry besides its pages, which Next runs when its server starts. A worker runs the same without that server.
const workerFile = `import { createRequire } from 'node:module'

process.chdir(import.meta.dirname)
Object.assign(process.env, { NODE_ENV: 'production', NEXT_RUNTIME: 'nodejs', AIA_PROCESS: 'worker' })
const { register } = await createRequire(import.meta.url)('./.next/server/instrumentation.js')
await register()
`

async function build() {
  const log = join(logDir, 'build.log')
  const hash = buildHash()
  const done = showProgress('Building (once, one to three minutes)')
  try {
    // An old server must not be taken for the new one when this build fails half way; the compiler's cache stays.
    rmSync(standaloneDir, { recursive: true, force: true })
    copyVendorFiles()
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
    const next = join('node_modules', 'next', 'dist', 'bin', 'next')
    const compile = () => run(process.execPath, [next, 'build', '--webpack'], { cwd: projectDir, env, log })
    const hadCache = existsSync(compilerCache)
    let result = await compile()
    if (result.code !== 0) {
      // A build that was killed can leave a cache on which every later build fails: what failed must fail without it, too.
      rmSync(compilerCache, { recursive: true, force: true })
      if (hadCache) result = await compile()
    }
    if (result.code !== 0) throw failure('The build failed', result.output, log)
    if (!existsSync(join(standaloneDir, 'server.js'))) throw failure('The build ended without a standalone server', result.output, log)
    if (!existsSync(join(projectDir, 'public', 'sw.js'))) throw failure('The build ended without a service worker', result.output, log)
    const translated = await translateThreads()
    if (translated.code !== 0) throw failure('The build failed', translated.output, join(logDir, 'thread.log'))
    cpSync(join(projectDir, '.next', 'static'), join(standaloneDir, '.next', 'static'), { recursive: true })
    cpSync(join(projectDir, 'public'), join(standaloneDir, 'public'), { recursive: true })
    writeFileSync(join(standaloneDir, 'worker.mjs'), workerFile)
    writeFileSync(buildMark, hash)
  } catch (error) {
    done('failed')
    if (error instanceof SetupFailure) throw error
    throw new SetupFailure(`The build failed: ${error.message}`, { advice: adviceFor(String(error.message), projectDir) })
  }
  done('done')
}

/** Environment of the standalone server. Paths are absolute: the server changes into its own folder. */
export function serverEnvironment(given = process.env) {
  return {
    ...given,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    // AIA closes its database and ends the process itself; Next's own handler would end it at the same moment, in the middle of that.
    NEXT_MANUAL_SIG_HANDLE: 'true',
    HOSTNAME: given.AIA_HOST || '127.0.0.1',
    PORT: given.PORT || '3000',
    AIA_DATA_DIR: resolve(projectDir, given.AIA_DATA_DIR || '.data'),
    AIA_PROJECT_DIR: resolve(projectDir, given.AIA_PROJECT_DIR || '.'),
    ...(given.AIA_EMBEDDINGS_DIR ? { AIA_EMBEDDINGS_DIR: resolve(projectDir, given.AIA_EMBEDDINGS_DIR) } : {}),
  }
}
