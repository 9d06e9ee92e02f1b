/** What other modules may use of enterprises: their table, to be referenced and looked up, and their tiers. */
export { enterprises, type Tier, tiers } from './tables.ts'
