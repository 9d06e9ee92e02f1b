/** Next calls this once when the server starts. An error here would leave a server that answers 500 to everything, so it ends the process. */
export async function register(): Promise<void> {
  // Written as one condition around the import: the compiler leaves it out of the edge bundle only in this form.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    try {
      // The same build serves the worker (scripts/worker.mjs).
      if (process.env.AIA_PROCESS === 'worker') {
        const { startWorker } = await import('./server/worker.ts')
        return await startWorker()
      }
      const { getRuntime } = await import('./server/runtime.ts')
      const { services } = await getRuntime()
      // next-auth reads its own address from the environment.
      process.env.NEXTAUTH_URL ??= services.env.publicUrl
    } catch (error) {
      process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(1)
    }
  }
}
