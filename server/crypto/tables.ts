import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { identityPolicy } from '../storage/database/policies.ts'

/** Data keys: what secrets are sealed with. Each is wrapped by a key-encryption key that the database never sees. */
export const dataKeys = pgTable(
  'data_keys',
  {
    version: integer('version').primaryKey(),
    wrappedKey: text('wrapped_key').notNull(),
    /** Version of the key-encryption key that wraps it. */
    keyEncryptionKey: integer('key_encryption_key').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    wrappedAt: timestamp('wrapped_at', { withTimezone: true }).notNull().defaultNow(),
  },
  () => [identityPolicy('data_keys')],
)
