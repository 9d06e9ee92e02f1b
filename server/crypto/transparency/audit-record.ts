import { sha256 } from '@noble/hashes/sha2.js'
import { concat, fromHex, hex, utf8 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import { leafHash } from './merkle.ts'

/** One row of an audit log as its leaf in the tree says it: what nobody can change afterwards. */
export interface AuditRecord {
  /** 1 for the first row of an enterprise, without gaps; the leaf's index is one less. */
  sequence: number
  id: string
  enterprise_id: string
  /** RFC 3339, UTC, milliseconds. */
  at: string
  /** Id of a person or client; 'system' for work AIA starts by itself, 'anonymous' for nobody. */
  actor: string
  /** Id of the person who acted under the actor's name. */
  impersonator: string | null
  operation: string
  target: string | null
  request_id: string
  outcome: string
  /** SHA-256 (hex) of the canonical JSON of the thing before and after. */
  before: string | null
  after: string | null
  detail: unknown
  /** Commitments to personal values that are kept apart, so that they can be erased while the row stays. */
  personal: { person: string; digest: string }[]
}

/** Personal values of one person with the random salt that hides them in their commitment. */
export interface PersonalValues {
  /** 32 bytes, hex. */
  salt: string
  values: Record<string, string>
}

/** SHA-256 (hex) of a JSON value, however its keys are ordered. */
export const digestOf = (value: unknown): string => hex(sha256(utf8(canonicalJson(value))))

/** Binding by SHA-256, hiding by the salt: without it, not even a guessed address can be checked against the digest. */
export const commitmentTo = ({ salt, values }: PersonalValues): string => hex(sha256(concat(fromHex(salt), utf8(canonicalJson(values)))))

/** Hash of a row's leaf: the canonical JSON of its record. */
export const leafOf = (record: AuditRecord): Uint8Array => leafHash(utf8(canonicalJson(record)))
