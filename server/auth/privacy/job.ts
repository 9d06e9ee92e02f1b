import { removeExpiredExports } from '../../gateway/exports.ts'
import type { JobDefinition } from '../../jobs/port.ts'

export const erasureJobName = 'erase-personal-data'

/** Erases what the modules hold about a person in an enterprise's tables, after the account went. */
const erasureJob: JobDefinition = {
  name: erasureJobName,
  announced: true,
  concurrency: 1,
  async run(services, { enterpriseId, personId }, run) {
    const { database, personalData } = services
    await run.step('erase', async () => {
      for (const held of personalData) await database.tenant(enterpriseId, (tx) => held.erase(tx, { enterpriseId, personId: String(personId) }))
    })
    // The erasure itself has made them expire.
    await run.step('remove exports', () => removeExpiredExports(services))
  },
}

/** Background work of this module, registered once in the composition root. */
export const authJobs: readonly JobDefinition[] = [erasureJob]
