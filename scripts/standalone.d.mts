export interface StandaloneServer {
  url: string
  /** Of the first start. */
  pid: number | undefined
  email: string
  password: string
  dataDir: string
  /** Everything the server and its workers have printed. */
  output(): string
  /** Stops the server, starts it again on the same folder and port, and gives the exit code of what was stopped. */
  restart(): Promise<number | null>
  /** Starts another process that only runs durable jobs. */
  startWorker(): void
  /** Stops the server and its workers, removes their folder and gives the server's exit code. */
  stop(): Promise<number | null>
}
export function startStandalone(environment?: Record<string, string>): Promise<StandaloneServer>
