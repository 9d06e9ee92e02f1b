import type { Transaction } from '../storage/database/port.ts'
import type { Services } from './services.ts'

export interface PersonHere {
  personId: string
  enterpriseId: string
}

/** What a module keeps about persons in an enterprise's own tables. The composition root gathers all of them. */
export interface PersonalData {
  /** Heading and rows of every part, for a person who wants to know. Runs in the tenant's transaction. */
  collect(tx: Transaction, services: Services, person: PersonHere): Promise<Record<string, Record<string, unknown>[]>>
  /** Takes away what the person wrote or what names it. What stays carries at most its id. Runs in the tenant's transaction, may be repeated. */
  erase(tx: Transaction, person: PersonHere): Promise<void>
}
