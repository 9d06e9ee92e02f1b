import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { enterprises } from '../enterprise/tables.ts'
import { enterpriseId, identityPolicy } from '../storage/database/policies.ts'

/** A human being who can sign in. Belongs to enterprises through memberships. */
export const people = pgTable(
  'people',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** argon2id in PHC string form. */
    passwordHash: text('password_hash').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex('people_email').on(t.email), identityPolicy('people')],
)

export const memberships = pgTable(
  'memberships',
  {
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    personId: uuid('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    role: text('role').notNull(),
    /** How far a partner is let in; says nothing for other roles. */
    partnerLevel: text('partner_level').notNull().default('none'),
    /** Since when the person may not act in this enterprise; null while it may. */
    suspendedAt: timestamp('suspended_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.enterpriseId] }), identityPolicy('memberships')],
)

/** One sign-in: every access token, refresh token and browser cookie that came from it dies with it. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    personId: uuid('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
    /** Impersonation: whom the person of this session acts as, why, and until when. */
    actingAs: uuid('acting_as').references(() => people.id, { onDelete: 'set null' }),
    actingReason: text('acting_reason'),
    actingUntil: timestamp('acting_until', { withTimezone: true }),
  },
  (t) => [index('sessions_person').on(t.personId), identityPolicy('sessions')],
)

/** Opaque refresh tokens: only the SHA-256 is stored, each is used once. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (t) => [index('refresh_tokens_session').on(t.sessionId), identityPolicy('refresh_tokens')],
)

/** RS256 key pairs; the private half is sealed with the key-encryption key. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    id: text('id').primaryKey(),
    publicJwk: jsonb('public_jwk').notNull(),
    sealedPrivateKey: text('sealed_private_key').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  () => [identityPolicy('signing_keys')],
)

/** An invitation into an enterprise: a link that works once. Only the SHA-256 of its token is stored. */
export const invitations = pgTable(
  'invitations',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    role: text('role').notNull(),
    partnerLevel: text('partner_level').notNull().default('none'),
    tokenHash: text('token_hash').notNull(),
    invitedBy: uuid('invited_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    acceptedAt: timestamp('accepted_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('invitations_token').on(t.tokenHash),
    uniqueIndex('invitations_open').on(t.enterpriseId, t.email).where(sql`accepted_at is null`),
    identityPolicy('invitations'),
  ],
)

/** A permission on one resource, given to a person or to everybody with a role. */
export const resourceGrants = pgTable(
  'resource_grants',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    personId: uuid('person_id').references(() => people.id, { onDelete: 'cascade' }),
    role: text('role'),
    kind: text('kind').notNull(),
    resourceId: text('resource_id').notNull(),
    permission: text('permission').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    createdBy: uuid('created_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index('resource_grants_enterprise').on(t.enterpriseId, t.personId),
    check('resource_grants_to_one', sql`(person_id is null) <> (role is null)`),
    identityPolicy('resource_grants'),
  ],
)
