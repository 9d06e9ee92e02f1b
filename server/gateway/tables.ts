import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgPolicy, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { appRole, bytea, enterpriseId, identityPolicy, identityRole, tenantPolicy } from '../storage/database/policies.ts'

const own = sql`enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)`

export const auditOutcomes = ['done', 'refused', 'failed'] as const
export type AuditOutcome = (typeof auditOutcomes)[number]

/** Who did what, written in the transaction of the change (audit.ts). No role may update or delete a row. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    /** 1, 2, 3 … within an enterprise, without gaps. */
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    /** Id of a person or client; 'system' for work AIA starts by itself, 'anonymous' for nobody. */
    actor: text('actor').notNull(),
    /** Id of the person who acted under the actor's name. */
    impersonator: text('impersonator'),
    operation: text('operation').notNull(),
    target: text('target'),
    requestId: text('request_id').notNull(),
    outcome: text('outcome', { enum: auditOutcomes }).notNull(),
    /** SHA-256 (hex) of the canonical JSON of the thing before and after. */
    before: text('before_digest'),
    after: text('after_digest'),
    detail: jsonb('detail'),
    /** Address, user agent and whatever else is personal, sealed with the key of the person it belongs to; the leaf has only the digest. */
    personal: jsonb('personal').$type<{ person: string; digest: string; sealed: string }[]>().notNull().default([]),
    /** RFC 6962 leaf hash of the row's record. */
    leafHash: bytea('leaf_hash').notNull(),
  },
  (t) => [
    uniqueIndex('audit_entries_sequence').on(t.enterpriseId, t.sequence),
    index('audit_entries_actor').on(t.enterpriseId, t.actor, t.sequence),
    index('audit_entries_operation').on(t.enterpriseId, t.operation, t.sequence),
    pgPolicy('audit_entries_read', { for: 'select', to: appRole, using: own }),
    pgPolicy('audit_entries_append', { for: 'insert', to: appRole, withCheck: own }),
    pgPolicy('audit_entries_identity_append', { for: 'insert', to: identityRole, withCheck: sql`true` }),
  ],
)

/** What an enterprise's log stands at. Locked by every append, so sequence numbers have no gaps. */
export const auditLogs = pgTable(
  'audit_logs',
  {
    enterpriseId: enterpriseId().primaryKey(),
    size: bigint('size', { mode: 'number' }).notNull().default(0),
    /** Hashes of the perfect subtrees that the log consists of, the largest first, 32 bytes each. */
    frontier: bytea('frontier').notNull().default(sql`''::bytea`),
    /** True while a checkpoint of what was appended is under way. */
    checkpointDue: boolean('checkpoint_due').notNull().default(false),
  },
  () => [tenantPolicy('audit_logs'), identityPolicy('audit_logs')],
)

/** Hashes of all perfect subtrees from the leaves (level 0) up: proofs need not read the log, and a row that is gone does not spoil those of others. */
export const auditNodes = pgTable(
  'audit_nodes',
  {
    enterpriseId: enterpriseId(),
    level: bigint('level', { mode: 'number' }).notNull(),
    index: bigint('index', { mode: 'number' }).notNull(),
    hash: bytea('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.level, t.index] }),
    pgPolicy('audit_nodes_read', { for: 'select', to: appRole, using: own }),
    pgPolicy('audit_nodes_append', { for: 'insert', to: appRole, withCheck: own }),
    pgPolicy('audit_nodes_identity_append', { for: 'insert', to: identityRole, withCheck: sql`true` }),
  ],
)

/** Signed tree heads (C2SP tlog-checkpoint). Appended, never changed. */
export const auditCheckpoints = pgTable(
  'audit_checkpoints',
  {
    enterpriseId: enterpriseId(),
    size: bigint('size', { mode: 'number' }).notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    /** The whole signed note. */
    note: text('note').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.size] }),
    pgPolicy('audit_checkpoints_read', { for: 'select', to: appRole, using: own }),
    pgPolicy('audit_checkpoints_append', { for: 'insert', to: appRole, withCheck: own }),
  ],
)

/** The keys that sign checkpoints; the newest signs. Private halves are sealed. */
export const checkpointKeys = pgTable(
  'checkpoint_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    /** Ed25519, 32 bytes (RFC 8032). */
    ed25519PublicKey: bytea('ed25519_public_key').notNull(),
    /** ML-DSA-44, 1312 bytes (FIPS 204). */
    mlDsaPublicKey: bytea('ml_dsa_public_key').notNull(),
    /** Seeds of both, 32 bytes each. */
    sealedSeeds: text('sealed_seeds').notNull(),
  },
  () => [identityPolicy('checkpoint_keys')],
)

/**
 * A key for each person and enterprise, under which personal values in the audit log are sealed. Erasing a person empties `sealedKey`:
 * the values can never be read again, the log stays whole.
 */
export const personalKeys = pgTable(
  'personal_keys',
  {
    enterpriseId: enterpriseId(),
    /** Id of a person or client. */
    personId: text('person_id').notNull(),
    sealedKey: text('sealed_key'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    destroyedAt: timestamp('destroyed_at', { withTimezone: true }),
  },
  (t) => [primaryKey({ columns: [t.enterpriseId, t.personId] }), tenantPolicy('personal_keys'), identityPolicy('personal_keys')],
)

/** Enterprise of calls that nobody has signed in for. */
export const noEnterprise = '00000000-0000-0000-0000-000000000000'
export const idempotencyStates = ['running', 'changed', 'done'] as const

/** What was answered to a call with an Idempotency-Key, for a day (idempotency.ts). */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    enterpriseId: enterpriseId(),
    /** Id of the person or client; the network address of nobody. */
    caller: text('caller').notNull(),
    operation: text('operation').notNull(),
    /** HMAC-SHA256 of the key: it is the caller's text and may hold anything. */
    keyHash: text('key_hash').notNull(),
    /** HMAC-SHA256 of the input. */
    fingerprint: text('fingerprint').notNull(),
    state: text('state', { enum: idempotencyStates }).notNull(),
    /** The process that runs it. */
    process: uuid('process').notNull(),
    sealedOutput: text('sealed_output'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.caller, t.operation, t.keyHash] }),
    index('idempotency_keys_age').on(t.enterpriseId, t.createdAt),
    tenantPolicy('idempotency_keys'),
    identityPolicy('idempotency_keys'),
  ],
)

export const exportKinds = ['own', 'person', 'audit', 'knowledge'] as const
export type ExportKindName = (typeof exportKinds)[number]
export const exportStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

/** Files that somebody asked for to take away (exports.ts). They are gone some days later, or when the person they tell of is erased. */
export const exportFiles = pgTable(
  'export_files',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    kind: text('kind', { enum: exportKinds }).notNull(),
    /** Id of the person that it tells of; null when it tells of no single one. */
    subject: text('subject'),
    format: text('format').notNull(),
    state: text('state', { enum: exportStates }).notNull(),
    progressDone: integer('progress_done').notNull().default(0),
    progressTotal: integer('progress_total').notNull().default(0),
    /** Where its bytes are in the object store. */
    objectKey: text('object_key'),
    fileName: text('file_name'),
    contentType: text('content_type'),
    byteLength: bigint('byte_length', { mode: 'number' }),
    createdBy: text('created_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (t) => [
    index('export_files_created').on(t.enterpriseId, t.createdAt),
    index('export_files_expires').on(t.expiresAt),
    tenantPolicy('export_files'),
    identityPolicy('export_files'),
  ],
)
