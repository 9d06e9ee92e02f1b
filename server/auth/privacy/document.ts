export interface PersonalExport {
  exported_at: string
  person: { id: string; name: string; email: string } | null
  /** Enterprise, then heading, then rows; '' for what belongs to no enterprise. */
  enterprises: { name: string; parts: Record<string, Record<string, unknown>[]> }[]
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return escaped(value.toISOString())
  return escaped(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

function table(rows: readonly Record<string, unknown>[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== 'enterpriseId')
  const head = columns.map((name) => `<th scope="col">${escaped(name.replaceAll('_', ' '))}</th>`).join('')
  const body = rows.map((row) => `<tr>${columns.map((name) => `<td>${cell(row[name])}</td>`).join('')}</tr>`).join('\n')
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`
}

/** The export as a page that anybody can read, without scripts and without anything from outside. */
export function personDocument({ exported_at, person, enterprises }: PersonalExport): string {
  const sections = enterprises.map(({ name, parts }) => {
    const filled = Object.entries(parts).filter(([, rows]) => rows.length > 0)
    const inside = filled.map(([heading, rows]) => `<h3>${escaped(heading)} (${rows.length})</h3>\n${table(rows)}`).join('\n')
    return `<h2>${escaped(name)}</h2>\n${inside || '<p>Nothing.</p>'}`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Personal data</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ccc;overflow-wrap:anywhere}</style></head><body>
<h1>What AIA holds about ${escaped(person?.name ?? 'this person')}</h1>
<p>${escaped(person?.email ?? '')} · as of ${escaped(exported_at)}</p>
${sections.join('\n')}
</body></html>
`
}
