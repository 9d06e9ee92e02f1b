import { sql } from 'drizzle-orm'
import { index, json, pgEnum, pgPolicy, pgTable, timestamp, uuid, varchar } from 'drizzle-orm/pg-core'
import { appRole, identityPolicy } from '../storage/database/policies.ts'

export const tiers = ['standard', 'enterprise', 'fortune_500'] as const
export type Tier = (typeof tiers)[number]
export const enterpriseTier = pgEnum('enterprise_tier', tiers)

/** Tenants and partners. Columns as in MISSION.md, Data. */
export const enterprises = pgTable(
  'enterprises',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: varchar('name', { length: 255 }).notNull(),
    tier: enterpriseTier('tier').notNull().default('standard'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    partnerType: varchar('partner_type', { length: 100 }),
    integrationStatus: varchar('integration_status', { length: 50 }),
    apiCredentials: json('api_credentials'),
  },
  (t) => [
    index('enterprises_tier').on(t.tier),
    index('enterprises_partner_type').on(t.partnerType),
    identityPolicy('enterprises'),
    // An enterprise sees its own row and no other.
    pgPolicy('enterprises_self', {
      for: 'select',
      to: appRole,
      using: sql`id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)`,
    }),
  ],
)
