export interface StandaloneServer {
  url: string
  pid: number | undefined
  email: string
  password: string
  dataDir: string
  /** Everything the server has printed. */
  output(): string
  /** Stops the server, removes its folder and gives its exit code. */
  stop(): Promise<number | null>
}
export function startStandalone(environment?: Record<string, string>): Promise<StandaloneServer>
