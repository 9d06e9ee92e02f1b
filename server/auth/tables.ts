import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { enterprises } from '../enterprise/tables.ts'
import { bytea, enterpriseId, identityPolicy } from '../storage/database/policies.ts'

/** A human being who can sign in. Belongs to enterprises through memberships. */
export const people = pgTable(
  'people',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    /** argon2id in PHC string form. */
    passwordHash: text('password_hash').notNull(),
    passwordChangedAt: timestamp('password_changed_at', { withTimezone: true }).notNull().defaultNow(),
    /** Raised when everything this person holds must end at once: sessions and tokens carry the epoch they were given in. */
    credentialEpoch: integer('credential_epoch').notNull().default(0),
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
    /** Opened by the enterprise's own provider, so it cannot move to another enterprise. */
    isBound: boolean('is_bound').notNull().default(false),
    /** The person's epoch when it began; an older one than the person's counts no more. */
    epoch: integer('epoch').notNull().default(0),
    /** Strength (NIST SP 800-63B) and methods (RFC 8176) of the last proof, and its time. */
    acr: text('acr', { enum: ['aal1', 'aal2'] })
      .notNull()
      .default('aal1'),
    amr: jsonb('amr').$type<string[]>().notNull().default(['pwd']),
    authenticatedAt: timestamp('authenticated_at', { withTimezone: true }).notNull().defaultNow(),
    /** Written at most once a minute. */
    lastSeenAt: timestamp('last_seen_at', { withTimezone: true }).notNull().defaultNow(),
    address: text('address'),
    userAgent: text('user_agent'),
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
    /** Who used it (a hash of address and program) and what it got, sealed with a key that only the used token gives. */
    usedBy: text('used_by'),
    sealedSuccessor: text('sealed_successor'),
  },
  (t) => [index('refresh_tokens_session').on(t.sessionId), identityPolicy('refresh_tokens')],
)

/** RS256 key pairs; the private half is sealed with the key-encryption key. Not activated: the next one. Retired: verifies what it signed. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    id: text('id').primaryKey(),
    publicJwk: jsonb('public_jwk').notNull(),
    sealedPrivateKey: text('sealed_private_key').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    activatedAt: timestamp('activated_at', { withTimezone: true }),
    retiredAt: timestamp('retired_at', { withTimezone: true }),
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

/** Access tokens that were ended before they expire, by their `jti`. Rows go when the token would have expired anyway. */
export const deniedTokens = pgTable(
  'denied_tokens',
  {
    tokenId: text('token_id').primaryKey(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (t) => [index('denied_tokens_expiry').on(t.expiresAt), identityPolicy('denied_tokens')],
)

/** Failed sign-ins in a row, by account or network address (hashed: an address typed wrong may be a password). */
export const signInFailures = pgTable(
  'sign_in_failures',
  {
    subject: text('subject').primaryKey(),
    failures: integer('failures').notNull(),
    lastFailedAt: timestamp('last_failed_at', { withTimezone: true }).notNull(),
    lockedUntil: timestamp('locked_until', { withTimezone: true }),
  },
  () => [identityPolicy('sign_in_failures')],
)

const personId = () =>
  uuid('person_id')
    .notNull()
    .references(() => people.id, { onDelete: 'cascade' })

/** A time-based one-time password generator (RFC 6238) of a person; it counts once it was confirmed. */
export const totpFactors = pgTable(
  'totp_factors',
  {
    personId: personId().primaryKey(),
    sealedSecret: text('sealed_secret').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    confirmedAt: timestamp('confirmed_at', { withTimezone: true }),
    /** The last time step that was accepted: that one and earlier ones are refused. */
    lastStep: bigint('last_step', { mode: 'number' }),
  },
  () => [identityPolicy('totp_factors')],
)

/** Codes for the day the other factors are lost: only hashes, each works once. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    personId: personId(),
    codeHash: text('code_hash').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    usedAt: timestamp('used_at', { withTimezone: true }),
  },
  (t) => [primaryKey({ columns: [t.personId, t.codeHash] }), identityPolicy('recovery_codes')],
)

/** WebAuthn credentials. */
export const passkeys = pgTable(
  'passkeys',
  {
    /** Credential id, base64url. */
    id: text('id').primaryKey(),
    personId: personId(),
    name: text('name').notNull(),
    /** COSE key. */
    publicKey: bytea('public_key').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    transports: jsonb('transports').$type<string[]>().notNull().default([]),
    /** Kept by a password manager or an account of the platform, so on more than one device. */
    synced: boolean('synced').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
  },
  (t) => [index('passkeys_person').on(t.personId), identityPolicy('passkeys')],
)

/** Challenges given to authenticators; each is answered once. */
export const passkeyChallenges = pgTable(
  'passkey_challenges',
  {
    challenge: text('challenge').primaryKey(),
    purpose: text('purpose', { enum: ['registration', 'authentication'] }).notNull(),
    /** Null where the passkey itself says who it is. */
    personId: uuid('person_id').references(() => people.id, { onDelete: 'cascade' }),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  () => [identityPolicy('passkey_challenges')],
)

/** Keys for programs that act as their owner, within scopes. Only the SHA-256 is stored. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    personId: personId(),
    name: text('name').notNull(),
    /** Its first characters, to tell keys apart. */
    start: text('start').notNull(),
    keyHash: text('key_hash').notNull(),
    scopes: jsonb('scopes').$type<string[]>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    /** Written at most once a minute. */
    lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
    /** The key that took this one's place. */
    replacedBy: uuid('replaced_by'),
  },
  (t) => [uniqueIndex('api_keys_hash').on(t.keyHash), index('api_keys_enterprise').on(t.enterpriseId, t.createdAt), identityPolicy('api_keys')],
)

/** How an enterprise wants its people to sign in. No row: the defaults. */
export const securitySettings = pgTable(
  'security_settings',
  {
    enterpriseId: enterpriseId()
      .primaryKey()
      .references(() => enterprises.id, { onDelete: 'cascade' }),
    requireMfa: boolean('require_mfa').notNull().default(false),
    sessionHours: integer('session_hours').notNull().default(720),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  () => [identityPolicy('security_settings')],
)

/** A program of an enterprise that signs people in through AIA, or acts for itself (RFC 6749). */
export const oauthClients = pgTable(
  'oauth_clients',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    /** What the program calls itself by; no secret. */
    clientId: text('client_id').notNull(),
    name: text('name').notNull(),
    /** SHA-256 of a secret of 256 random bits; null for a public client. */
    secretHash: text('secret_hash'),
    redirectUris: jsonb('redirect_uris').$type<string[]>().notNull(),
    grantTypes: jsonb('grant_types').$type<string[]>().notNull(),
    /** The most it may be allowed; permissions. */
    scopes: jsonb('scopes').$type<string[]>().notNull(),
    /** Its role when it acts for itself. */
    role: text('role').notNull(),
    createdBy: uuid('created_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    secretChangedAt: timestamp('secret_changed_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [uniqueIndex('oauth_clients_client').on(t.clientId), index('oauth_clients_enterprise').on(t.enterpriseId), identityPolicy('oauth_clients')],
)

/** What the OAuth provider keeps: codes, refresh tokens, grants, interactions. Ids are secrets, so only hashes stand here; payloads are sealed. */
export const oauthRecords = pgTable(
  'oauth_records',
  {
    model: text('model').notNull(),
    idHash: text('id_hash').notNull(),
    grantHash: text('grant_hash'),
    uidHash: text('uid_hash'),
    sealedPayload: text('sealed_payload').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    consumedAt: timestamp('consumed_at', { withTimezone: true }),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.idHash] }),
    index('oauth_records_grant').on(t.grantHash),
    index('oauth_records_uid').on(t.uidHash),
    index('oauth_records_expiry').on(t.expiresAt),
    identityPolicy('oauth_records'),
  ],
)

/** An enterprise's own OpenID provider, by which its people sign in. */
export const identityProviders = pgTable(
  'identity_providers',
  {
    enterpriseId: enterpriseId()
      .primaryKey()
      .references(() => enterprises.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    issuer: text('issuer').notNull(),
    clientId: text('client_id').notNull(),
    sealedClientSecret: text('sealed_client_secret').notNull(),
    /** Domains of addresses it may speak for. */
    emailDomains: jsonb('email_domains').$type<string[]>().notNull(),
    /** Whether somebody it vouches for becomes a member by signing in, and as what. */
    joinsPeople: boolean('joins_people').notNull(),
    defaultRole: text('default_role').notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  () => [identityPolicy('identity_providers')],
)

/** Who an outside provider's subject is here. */
export const externalIdentities = pgTable(
  'external_identities',
  {
    enterpriseId: enterpriseId().references(() => enterprises.id, { onDelete: 'cascade' }),
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    personId: personId(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.issuer, t.subject] }),
    index('external_identities_person').on(t.personId),
    identityPolicy('external_identities'),
  ],
)
