import type { Services } from '../gateway/services.ts'
import type { JobDefinition } from '../jobs/port.ts'
import { ingestionJob } from './sources/ingestion-job.ts'

/** Background work of this module, registered once in the composition root. */
export const neuralJobs: readonly JobDefinition[] = [ingestionJob]

/** What a start of AIA sets going by itself for an enterprise. */
export async function startBackgroundWork(_services: Services, _enterpriseId: string): Promise<void> {}
