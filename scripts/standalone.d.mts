export interface StandaloneServer {
  url: string
  /** Of the first start. */
  pid: number | undefined
  email: string
  password: string
  dataDir: string
  /** Everything the server has printed. */
  output(): string
  /** Stops the server, starts it again on the same folder and port, and gives the exit code of what was stopped. */
  restart(): Promise<number | null>
  /** Stops the server, removes its folder and gives its exit code. */
  stop(): Promise<number | null>
}
export function startStandalone(environment?: Record<string, string>): Promise<StandaloneServer>
