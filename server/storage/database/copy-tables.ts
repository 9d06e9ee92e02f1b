/** One side of a copy: statements by whom no row policy binds, all in one open transaction. */
export interface TableOwner {
  query<T extends object>(text: string, values?: unknown[]): Promise<T[]>
}

interface Table {
  /** Quoted, with its schema. */
  name: string
  columns: { name: string; type: string; mustBeGiven: boolean }[]
  /** Tables that its rows refer to, itself left out. */
  refersTo: string[]
}

interface Digest {
  rows: number
  bytes: number
  /** MD5 over the MD5s of all rows in their order, each row as PostgreSQL writes it. */
  hash: string
}

interface CopiedTable extends Digest {
  name: string
}

export interface TableCopy {
  tables: CopiedTable[]
  /** False: the target held exactly this already. */
  isNew: boolean
}

/** What cannot be copied, in a sentence for a person. */
export class CopyRefused extends Error {}

// All that is kept: the modules' tables and those of the durable jobs. Which of their versions stands there is each side's own matter.
const schemas = "('public', 'dbos')"
const versions = 'dbos.dbos_migrations'
const batchBytes = 4_000_000
const batchRows = 2_000

// A value has one spelling, whatever the side's settings are.
const spelling = `select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, MDY', true), set_config('intervalstyle', 'postgres', true),
  set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true), set_config('statement_timeout', '0', true)`

/**
 * Copies every table of an installation into a PostgreSQL database with the same tables, and compares both sides before anything is kept: what
 * a failure or a kill leaves is what was there before. A target that already holds the same rows is left as it is.
 * @param options.replace empties a target that holds this installation in another state
 * @param options.onRows hears after every batch how many rows of a table are there
 * @throws CopyRefused when the target holds something else, the two sides differ in their tables, or a table did not arrive as it was
 */
export async function copyTables(
  source: TableOwner,
  target: TableOwner,
  options: { replace?: boolean; onRows?: (table: string, done: number, of: number) => void } = {},
): Promise<TableCopy> {
  for (const side of [source, target]) await side.query(spelling)
  const tables = inOrder(await tablesOf(source))
  const theirs = await tablesOf(target)
  assertAlike(tables, theirs)
  const wanted = await digests(source, tables)
  const found = await digests(target, tables)
  const all = tables.map((table) => ({ name: table.name, ...(wanted.get(table.name) as Digest) }))
  const differing = tables.filter(({ name }) => wanted.get(name)?.hash !== found.get(name)?.hash).map(({ name }) => name)
  if (differing.length === 0) return { tables: all, isNew: false }
  if ([...found.values()].some(({ rows }) => rows > 0)) {
    await assertSameInstallation(source, target)
    if (!options.replace)
      throw new CopyRefused(
        `The target holds this installation already, in another state: one of the two has been used since. Different are ${differing.join(', ')}. ` +
          'To throw away what the target holds and copy again, add --replace.',
      )
    await target.query(`truncate ${tables.map(({ name }) => name).join(', ')}`)
  }
  for (const table of tables) {
    const { rows, bytes } = wanted.get(table.name) as Digest
    for await (const done of copyRows(source, target, table, bytes / Math.max(1, rows))) options.onRows?.(table.name, done, rows)
  }
  await copySequences(source, target)
  const arrived = await digests(target, tables)
  const damaged = all.filter(({ name, rows, hash }) => arrived.get(name)?.hash !== hash || arrived.get(name)?.rows !== rows)
  if (damaged.length > 0) throw new CopyRefused(`These did not arrive as they were: ${damaged.map(({ name }) => name).join(', ')}. Nothing was kept.`)
  return { tables: all, isNew: true }
}

async function tablesOf(side: TableOwner): Promise<Table[]> {
  const found = await side.query<{ name: string; columns: Table['columns'] | null; refers_to: string[] | null }>(
    `select format('%I.%I', n.nspname, c.relname) as name,
      (select json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod),
          'mustBeGiven', a.attnotnull and not a.atthasdef and a.attidentity = '') order by a.attname)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select json_agg(distinct format('%I.%I', rn.nspname, r.relname)) from pg_constraint k join pg_class r on r.oid = k.confrelid
        join pg_namespace rn on rn.oid = r.relnamespace where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as refers_to
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${schemas} and c.relkind in ('r', 'p') and not c.relispartition`,
  )
  return found
    .filter(({ name }) => name !== versions)
    .map(({ name, columns, refers_to }) => ({ name, columns: columns ?? [], refersTo: refers_to ?? [] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What is referred to comes before what refers to it. */
function inOrder(tables: readonly Table[]): Table[] {
  const done = new Map<string, Table>()
  while (done.size < tables.length) {
    const next = tables.filter((table) => !done.has(table.name) && table.refersTo.every((name) => done.has(name)))
    if (next.length === 0) throw new CopyRefused('There are tables that refer to each other in a circle: no order of copying fits.')
    for (const table of next) done.set(table.name, table)
  }
  return [...done.values()]
}

/** A server may keep more of a row than the embedded engine can, such as vectors in a type of its own, if it fills that in by itself. */
function assertAlike(ours: readonly Table[], theirs: readonly Table[]): void {
  const [here, there] = [ours, theirs].map((tables) => new Map(tables.map((table) => [table.name, table]))) as [
    Map<string, Table>,
    Map<string, Table>,
  ]
  const isAlike = (own: Table | undefined, other: Table | undefined): boolean =>
    own !== undefined &&
    other !== undefined &&
    own.columns.every(({ name, type }) => other.columns.some((column) => column.name === name && column.type === type)) &&
    other.columns.every(({ name, mustBeGiven }) => !mustBeGiven || own.columns.some((column) => column.name === name))
  const different = [...new Set([...here.keys(), ...there.keys()])].filter((name) => !isAlike(here.get(name), there.get(name)))
  if (different.length > 0)
    throw new CopyRefused(
      `The two sides do not have the same tables: ${different.join(', ')}. Start this version of AIA once on the folder, stop it, and copy again.`,
    )
}

/** Rows are put in order by their hash: no table needs a key for it, and no collation decides. */
async function digests(side: TableOwner, tables: readonly Table[]): Promise<Map<string, Digest>> {
  const found = new Map<string, Digest>()
  for (const { name, columns } of tables) {
    const [digest] = await side.query<{ rows: string; bytes: string; hash: string }>(
      `select count(*)::text as rows, coalesce(sum(octet_length(line)), 0)::text as bytes,
        coalesce(md5(string_agg(md5(line), '' order by md5(line) collate "C")), '') as hash
      from (select row(${columns.map((column) => column.name).join(', ')})::text as line from ${name}) as lines`,
    )
    if (digest) found.set(name, { rows: Number(digest.rows), bytes: Number(digest.bytes), hash: digest.hash })
  }
  return found
}

/** Enterprises have random ids: two installations share none. */
async function assertSameInstallation(source: TableOwner, target: TableOwner): Promise<void> {
  const idsOf = async (side: TableOwner) => (await side.query<{ id: string }>('select id::text as id from public.enterprises')).map(({ id }) => id)
  const [ours, theirs] = [new Set(await idsOf(source)), await idsOf(target)]
  if (!theirs.some((id) => ours.has(id)))
    throw new CopyRefused('The target holds the data of another installation. Give a database that is empty, or where no AIA was ever started.')
}

/**
 * In batches: values travel as the text that PostgreSQL itself writes and reads, so nothing else reads them on the way.
 * @yields after each batch how many rows have arrived
 */
async function* copyRows(source: TableOwner, target: TableOwner, { name, columns }: Table, rowBytes: number): AsyncGenerator<number> {
  const names = columns.map((column) => column.name).join(', ')
  const texts = columns.map((column) => `${column.name}::text`).join(', ')
  const values = columns.map((column, i) => `(line->>${i})::${column.type}`).join(', ')
  const batch = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / (rowBytes + 1))))
  let done = 0
  await source.query(`declare copied no scroll cursor for select json_build_array(${texts})::text as line from ${name}`)
  for (;;) {
    const lines = await source.query<{ line: string }>(`fetch ${batch} from copied`)
    if (lines.length === 0) break
    await target.query(`insert into ${name} (${names}) overriding system value select ${values} from json_array_elements($1::json) as line`, [
      `[${lines.map(({ line }) => line).join(',')}]`,
    ])
    done += lines.length
    yield done
  }
  await source.query('close copied')
}

async function copySequences(source: TableOwner, target: TableOwner): Promise<void> {
  const sequences = await source.query<{ name: string; last: string | null }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value::text as last from pg_sequences where schemaname in ${schemas}`,
  )
  for (const { name, last } of sequences) if (last !== null) await target.query('select setval($1::regclass, $2::bigint)', [name, last])
}
