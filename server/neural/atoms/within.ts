import { type SQL, sql } from 'drizzle-orm'
import { knowledgeAtoms } from '../tables.ts'

/** An array literal of ids that grants name; they are texts of AIA's own making, sent as one parameter. */
const idArray = (ids: readonly string[]): SQL => sql`array(select json_array_elements_text(${JSON.stringify(ids)}::json)::uuid)`

/** True for an atom that one of these sources says; nothing without a confinement. `number` is the atom's number, in an outer query. */
export const saidWithin = (enterpriseId: string, within: readonly string[] | null, number: SQL): SQL | undefined =>
  within
    ? sql`exists (select 1 from occurrences w where w.enterprise_id = ${enterpriseId} and w.atom = ${number} and w.source_id = any(${idArray(within)}))`
    : undefined

/** How many sources say an atom, of those the caller may know about, as a column. */
export const sourcesWithin = (enterpriseId: string, within: readonly string[] | null) =>
  within
    ? sql<number>`(select count(distinct w.source_id)::int from occurrences w where w.enterprise_id = ${enterpriseId} and w.atom = ${knowledgeAtoms.number} and w.source_id = any(${idArray(within)}))`
    : knowledgeAtoms.sourceCount

/**
 * The title of an atom as the sources a caller may know about give it: its stored title names the source that came first, which may be
 * another. `number` and `title` are the atom's, in an outer query.
 */
export const titleWithin = (enterpriseId: string, within: readonly string[] | null, number: SQL, title: SQL): SQL<string> =>
  within
    ? sql<string>`(select min(w.title) from occurrences w where w.enterprise_id = ${enterpriseId} and w.atom = ${number} and w.source_id = any(${idArray(within)}))`
    : sql<string>`${title}`
