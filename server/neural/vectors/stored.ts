import { endianness } from 'node:os'
import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'

const bigEndian = endianness() === 'BE'

export interface AtomToEmbed {
  number: number
  text: string
  digest: string
}

/** Float32, little-endian, whatever the machine. */
function encodeVector(vector: Float32Array): string {
  const bytes = Buffer.from(vector.slice().buffer)
  return (bigEndian ? bytes.swap32() : bytes).toString('base64')
}

function decodeVector(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  if (bigEndian) bytes.swap32()
  // A copy: small buffers lie in a shared pool, at places where no float may begin.
  return new Float32Array(new Uint8Array(bytes).buffer)
}

/** The atoms of a source, or of the enterprise, in order of their numbers. */
export async function atomNumbers(tx: Transaction, enterpriseId: string, sourceId: string | null): Promise<number[]> {
  const found = await rows<{ number: number }>(
    tx,
    sourceId
      ? sql`select distinct atom as number from occurrences where enterprise_id = ${enterpriseId} and source_id = ${sourceId}::uuid order by 1`
      : sql`select number from knowledge_atoms where enterprise_id = ${enterpriseId} order by number`,
  )
  return found.map(({ number }) => number)
}

/** Those of the atoms that have no vector of the model for the words they have now. Key by key, as everywhere: see knowledge-access.ts. */
export async function withoutVector(tx: Transaction, enterpriseId: string, model: string, numbers: readonly number[]): Promise<AtomToEmbed[]> {
  return rows<AtomToEmbed>(
    tx,
    sql`select a.number, a.text, a.digest from json_array_elements_text(${asJson(numbers)}::text::json) as n(number)
      cross join lateral (
        select number, title || chr(10) || text as text, md5(title || chr(10) || content_hash) as digest
        from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number::int limit 1
      ) as a
      left join lateral (select model, text_digest from atom_vectors where enterprise_id = ${enterpriseId} and atom = n.number::int limit 1) as v on true
      where v.model is distinct from ${model} or v.text_digest <> a.digest`,
  )
}

/** How many numbers the stored vectors of a model have; null when there is none yet. */
export async function storedDimension(tx: Transaction, enterpriseId: string, model: string): Promise<number | null> {
  const [row] = await rows<{ bytes: number }>(
    tx,
    sql`select octet_length(vector) as bytes from atom_vectors where enterprise_id = ${enterpriseId} and model = ${model} limit 1`,
  )
  return row ? row.bytes / 4 : null
}

/**
 * Stores vectors under a new revision of the knowledge: answers change with them. Atoms that went meanwhile are left out. The knowledge is
 * locked first, so revisions become visible in their order.
 */
export async function storeVectors(
  tx: Transaction,
  enterpriseId: string,
  model: string,
  vectors: readonly { number: number; digest: string; vector: Float32Array }[],
): Promise<void> {
  if (vectors.length === 0) return
  const [state] = await rows<{ revision: number }>(
    tx,
    sql`update knowledge_states set revision = revision + 1, updated_at = now() where enterprise_id = ${enterpriseId} returning revision`,
  )
  if (!state) return
  const given = vectors.map(({ number, digest, vector }) => ({ number, digest, vector: encodeVector(vector) }))
  await tx.execute(
    sql`insert into atom_vectors (enterprise_id, atom, model, text_digest, revision, vector)
      select ${enterpriseId}::uuid, g.number, ${model}, g.digest, ${state.revision}::int, decode(g.vector, 'base64')
      from json_to_recordset(${asJson(given)}::text::json) as g(number int, digest text, vector text)
      where exists (select 1 from knowledge_atoms where enterprise_id = ${enterpriseId} and number = g.number)
      on conflict (enterprise_id, atom) do update
        set model = excluded.model, text_digest = excluded.text_digest, revision = excluded.revision, vector = excluded.vector`,
  )
}

export interface StoredVector {
  atom: number
  revision: number
  vector: Float32Array
}

/** The next vectors of a model after a place in the order of revisions. */
export async function vectorsAfter(
  tx: Transaction,
  enterpriseId: string,
  model: string,
  after: { revision: number; atom: number },
  limit: number,
): Promise<StoredVector[]> {
  const found = await rows<{ atom: number; revision: number; vector: string }>(
    tx,
    sql`select atom, revision, encode(vector, 'base64') as vector from atom_vectors
      where enterprise_id = ${enterpriseId} and (revision, atom) > (${after.revision}::int, ${after.atom}::int) and model = ${model}
      order by revision, atom limit ${limit}`,
  )
  return found.map(({ atom, revision, vector }) => ({ atom, revision, vector: decodeVector(vector) }))
}

/** The vectors of a model that the atoms have now. */
export async function vectorsOfAtoms(tx: Transaction, enterpriseId: string, model: string, numbers: readonly number[]): Promise<StoredVector[]> {
  const found = await rows<{ atom: number; revision: number; vector: string }>(
    tx,
    sql`select v.atom, v.revision, v.vector from json_array_elements_text(${asJson(numbers)}::text::json) as n(number)
      cross join lateral (
        select atom, revision, encode(vector, 'base64') as vector from atom_vectors
        where enterprise_id = ${enterpriseId} and atom = n.number::int and model = ${model} limit 1
      ) as v`,
  )
  return found.map(({ atom, revision, vector }) => ({ atom, revision, vector: decodeVector(vector) }))
}

/** Which of the atoms still have a vector of the model; all that have one when none are named. */
export async function atomsWithVector(tx: Transaction, enterpriseId: string, model: string, numbers?: readonly number[]): Promise<Set<number>> {
  const found = await rows<{ atom: number }>(
    tx,
    numbers
      ? sql`select v.atom from json_array_elements_text(${asJson(numbers)}::text::json) as n(number)
          cross join lateral (
            select atom from atom_vectors where enterprise_id = ${enterpriseId} and atom = n.number::int and model = ${model} limit 1
          ) as v`
      : sql`select atom from atom_vectors where enterprise_id = ${enterpriseId} and model = ${model}`,
  )
  return new Set(found.map(({ atom }) => atom))
}
