/** The address, account and password of the server under test, from e2e/server.ts. */
export function serverUnderTest(): { url: string; email: string; password: string; dataDir: string } {
  const { AIA_E2E_URL: url, AIA_E2E_PASSWORD: password, AIA_E2E_DATA_DIR: dataDir } = process.env
  if (!url || !password || !dataDir) throw new Error('e2e/server.ts has not started a server.')
  return { url, email: 'admin@aia.local', password, dataDir }
}
