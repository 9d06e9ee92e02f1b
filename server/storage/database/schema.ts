// Every table of every module, for migrations and for Drizzle's types.
export * from '../../analytics/tables.ts'
export * from '../../auth/tables.ts'
export * from '../../crypto/tables.ts'
export * from '../../enterprise/tables.ts'
export * from '../../gateway/tables.ts'
export * from '../../neural/tables.ts'
export * from '../outbox/tables.ts'
export { appRole, identityRole } from './policies.ts'
