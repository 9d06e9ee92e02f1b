// What goes in and out of the audit operations. Plain schemas.
import { z } from 'zod'

export const auditOutcome = z.enum(['done', 'refused', 'failed'])

const word = z.string().trim().min(1).max(200)
const page = { cursor: z.string().max(500).optional(), limit: z.int().min(1).max(200).default(50) }

export const auditFilter = z.strictObject({
  /** Id of a person or client, `system` or `anonymous`; also finds what they did under another name. */
  actor: word.optional(),
  /** The beginning of an operation's name, such as `auth.` */
  operation: word.optional(),
  target: word.optional(),
  outcome: auditOutcome.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  ...page,
})

const who = z.object({
  id: z.string(),
  /** Null when it is no person, or one that was erased. */
  name: z.string().nullable(),
  email: z.string().nullable(),
})

/** The row as its leaf in the tree says it. */
export const auditRecord = z.object({
  sequence: z.int(),
  id: z.string(),
  enterprise_id: z.string(),
  at: z.string(),
  actor: z.string(),
  impersonator: z.string().nullable(),
  operation: z.string(),
  target: z.string().nullable(),
  request_id: z.string(),
  outcome: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  detail: z.unknown(),
  personal: z.array(z.object({ person: z.string(), digest: z.string() })),
})

const personal = z.array(z.object({ person: z.string(), salt: z.string(), values: z.record(z.string(), z.string()) }))

export const auditRow = z.object({
  entry: auditRecord,
  actor: who,
  impersonator: who.nullable(),
  /** What the row's commitments hide, with the salt that proves it; erased values are missing. */
  personal,
})

export const auditList = z.object({ items: z.array(auditRow), next_cursor: z.string().nullable(), total: z.int() })

export const auditSequence = z.strictObject({ sequence: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })

export const auditProof = z.object({
  row: auditRow,
  leaf_hash: z.string(),
  /** RFC 6962 audit path to the checkpoint's root, base64, from the leaf up. */
  proof: z.array(z.string()),
  checkpoint: z.string(),
  keys: z.array(z.string()),
})

export const consistencyInput = z.strictObject({
  /** Size of the older tree. */
  first: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** Size of the newer one; the newest checkpoint's when not given. */
  second: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
})

export const consistencyProof = z.object({
  first: z.int(),
  second: z.int(),
  first_root: z.string(),
  second_root: z.string(),
  proof: z.array(z.string()),
})

export const checkpoint = z.object({
  size: z.int(),
  root: z.string(),
  origin: z.string(),
  signed_at: z.string(),
  /** The whole signed note (C2SP tlog-checkpoint). */
  note: z.string(),
  /** Verifier keys (C2SP signed-note) that it verifies with. */
  keys: z.array(z.string()),
})

export const auditState = z.object({
  /** Rows now; the checkpoint may be some seconds behind. */
  size: z.int(),
  checkpoint: checkpoint.nullable(),
  operations: z.array(z.object({ value: z.string(), count: z.int() })),
})

export const checkpointKeyState = z.object({
  /** Id of the pair that signs. */
  current: z.string(),
  since: z.iso.datetime(),
  /** Pairs whose checkpoints verify: this one and all before it. */
  pairs: z.int(),
  rotates_at: z.iso.datetime(),
})
