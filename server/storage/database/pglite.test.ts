import { expect, it } from 'vitest'
import { freshPglite } from '../../testing/database.ts'
import { openPglite } from './pglite.ts'

it('refuses a second opener of the folder', async () => {
  const database = await freshPglite()
  await expect(openPglite({ folder: database.folder, migrations: 'drizzle' })).rejects.toThrow('in use by process')
  await database.remove()
})
