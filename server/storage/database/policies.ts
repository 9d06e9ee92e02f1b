import { sql } from 'drizzle-orm'
import { customType, pgPolicy, pgRole, uuid } from 'drizzle-orm/pg-core'

/** The role of every tenant transaction. It owns nothing, so row-level security binds it. */
export const appRole = pgRole('aia_app')
/** The role of identity transactions (login, tokens, keys): sees people and keys, no knowledge. */
export const identityRole = pgRole('aia_identity')

// `(select …)` is evaluated once a statement, not once a row (twice as fast on scans).
// nullif: a setting that was set and reset reads as '' and must match nothing instead of failing the cast.
const currentEnterprise = sql`(select nullif(current_setting('app.enterprise_id', true), '')::uuid)`

/** Rows of an enterprise are visible and writable only inside its own tenant transaction. */
export const tenantPolicy = (table: string) =>
  pgPolicy(`${table}_tenant`, {
    for: 'all',
    to: appRole,
    using: sql`enterprise_id = ${currentEnterprise}`,
    withCheck: sql`enterprise_id = ${currentEnterprise}`,
  })

/** Rows that only identity transactions may touch. */
export const identityPolicy = (table: string) =>
  pgPolicy(`${table}_identity`, { for: 'all', to: identityRole, using: sql`true`, withCheck: sql`true` })

export const enterpriseId = () => uuid('enterprise_id').notNull()

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })
