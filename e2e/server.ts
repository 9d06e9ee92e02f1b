import { startStandalone } from '../scripts/standalone.mjs'
import { freePort } from '../server/testing/ports.ts'

/** Starts the server that every test file uses, with an empty workspace. Returns what stops it and looks at how it went. */
export default async function startServer(): Promise<() => Promise<void>> {
  // Where e2e/webhooks.spec.ts listens.
  process.env.AIA_E2E_RECEIVER = `http://127.0.0.1:${await freePort()}`
  const server = await startStandalone({ AIA_STARTER: 'off', AIA_LAB: '1', AIA_WEBHOOKS_INSIDE: process.env.AIA_E2E_RECEIVER })
  process.env.AIA_E2E_URL = server.url
  process.env.AIA_E2E_EMAIL = server.email
  process.env.AIA_E2E_PASSWORD = server.password
  return async () => {
    const code = await server.stop()
    if (code !== 0) throw new Error(`Stopped by TERM, the server ended with ${code ?? 'a kill'} instead of 0.`)
    // Nothing that the tests do may be an error to the server: bad input is the caller's.
    const errors = server
      .output()
      .split('\n')
      .filter((line) => /"level":"(?:error|fatal)"/.test(line))
    if (errors.length > 0) throw new Error(`The server logged ${errors.length} errors:\n${errors.slice(0, 20).join('\n')}`)
  }
}
