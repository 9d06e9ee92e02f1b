/** The address and account of the server under test, from e2e/server.ts. */
export function serverUnderTest(): { url: string; email: string; password: string } {
  const { AIA_E2E_URL: url, AIA_E2E_EMAIL: email, AIA_E2E_PASSWORD: password } = process.env
  if (!url || !email || !password) throw new Error('e2e/server.ts has not started a server.')
  return { url, email, password }
}
