import type pg from 'pg'

// Any number will do that nothing else on the database takes.
const indexLock = 4_013_713_014

/**
 * Adds pgvector and what approximate search needs, where the server has it (0.8 or newer, which can go on searching behind a filter).
 * Not a migration: the embedded engine has no such type.
 * @returns whether it is there
 */
export async function prepareVectors(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query<{ installed: string | null; offered: string }>(
    "select installed_version as installed, default_version as offered from pg_available_extensions where name = 'vector'",
  )
  const [found] = rows
  const [major = 0, minor = 0] = (found?.installed ?? found?.offered ?? '').split('.').map(Number)
  if (major === 0 && minor < 8) return false
  if (!found?.installed) {
    try {
      await owner.query('create extension vector')
    } catch (error) {
      // Only a superuser may, on servers where it is not trusted.
      if ((error as { code?: string }).code === '42501') return false
      throw error
    }
  }
  await owner.query('alter table atom_vectors add column if not exists near vector, add column if not exists near_revision integer')
  return true
}

/** Makes the index for vectors of so many numbers, where it is not there yet; nobody waits for it. Whoever comes second leaves it to the first. */
export async function buildVectorIndex(owner: pg.Client, dimension: number): Promise<void> {
  const length = Math.trunc(dimension)
  const name = `atom_vectors_near_${length}`
  const { rows } = await owner.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [indexLock])
  if (!rows[0]?.mine) return
  const { rows: known } = await owner.query<{ valid: boolean }>(
    'select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = $1',
    [name],
  )
  if (known[0]?.valid) return
  // Left by one who was interrupted.
  if (known[0]) await owner.query(`drop index concurrently ${name}`)
  await owner.query('set statement_timeout = 0')
  await owner.query(
    `create index concurrently ${name} on atom_vectors using hnsw ((near::vector(${length})) vector_ip_ops) where vector_dims(near) = ${length}`,
  )
}
