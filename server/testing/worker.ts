import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface TestWorker {
  process: ChildProcess
  /** What it wrote, errors included. */
  said(): string
  /** Ends it as the machine would, without a word. */
  kill(): Promise<void>
  /** Ends it as an operator would. Gives the exit code. */
  stop(): Promise<number | null>
}

/** A process of its own that runs jobs, by the entry that `npm run worker` uses. Resolves once it runs. */
export async function startTestWorker(variables: Record<string, string>): Promise<TestWorker> {
  const start = `import('./server/worker.ts').then(({ startWorker }) => startWorker()).catch((error) => { console.error(error.message); process.exit(1) })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', start], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const exited = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await exited
    }
    return child.exitCode
  }
  await new Promise<void>((ready, fail) => {
    exited.then(() => fail(new Error(`The worker ended before it ran: ${output}`)))
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
      output += `${line}\n`
      if (line.startsWith('AIA worker is running')) ready()
    })
  })
  return { process: child, said: () => output, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') }
}
