// fake-gcs-server, which speaks the interface of Google Cloud Storage, built from its Go module.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { endDaemon, installPackages, programsDir, runProgram, servicesDir, startDaemon, untilTrue } from './process.mjs'

// The newest that the Go of Debian 12 can build.
const version = 'v1.45.2'
const folder = join(servicesDir, 'gcs')
const programFolder = join(programsDir, `fake-gcs-server-${version}`)
const program = join(programFolder, 'fake-gcs-server')

function build() {
  if (!runProgram('go', ['version'], { mayFail: true }).ok) installPackages('golang-go')
  mkdirSync(programsDir, { recursive: true })
  const draft = mkdtempSync(join(programsDir, 'draft-'))
  try {
    console.log('Building fake-gcs-server, which takes two minutes the first time')
    const settings = { GOBIN: draft, GOFLAGS: '-buildvcs=false', CGO_ENABLED: '0' }
    runProgram('go', ['install', '-ldflags=-s -w', `github.com/fsouza/fake-gcs-server@${version}`], { env: settings })
    // Another checkout may have been quicker.
    if (!existsSync(program)) renameSync(draft, programFolder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

const ask = (port, path, init) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000), ...init }).catch(() => null)

export const gcs = {
  secrets: () => ({ bucket: `aia-${randomBytes(4).toString('hex')}` }),
  variables: ({ port, bucket }) => ({ GCS_BUCKET: bucket, STORAGE_EMULATOR_HOST: `http://127.0.0.1:${port}` }),
  isRunning: async ({ port, bucket }) => (await ask(port, `/storage/v1/b/${bucket}`))?.ok ?? false,
  async start({ port, bucket }) {
    if (!existsSync(program)) build()
    mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 })
    const address = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-public-host', `127.0.0.1:${port}`]
    startDaemon(program, [...address, '-backend', 'filesystem', '-filesystem-root', join(folder, 'data')], folder)
    const create = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: bucket }) }
    const isThere = async () => (await gcs.isRunning({ port, bucket })) || ((await ask(port, '/storage/v1/b?project=aia', create))?.ok ?? false)
    await untilTrue(isThere, { seconds: 20, failure: 'fake-gcs-server did not answer', log: join(folder, 'log') })
  },
  async stop({ port }) {
    endDaemon(folder)
    const isGone = async () => (await ask(port, '/_internal/healthcheck')) === null
    await untilTrue(isGone, { seconds: 20, failure: 'fake-gcs-server did not stop' })
  },
}
