import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { startTestWorker } from './testing/worker.ts'

it('refuses to start as a worker without PostgreSQL, in one line', async () => {
  await expect(startTestWorker({ AIA_DATA_DIR: tmpdir(), DATABASE_URL: '' })).rejects.toThrow(
    /^The worker ended before it ran: (?:.*\n)*AIA worker cannot start: DATABASE_URL is not set[^\n]*\n$/,
  )
})
