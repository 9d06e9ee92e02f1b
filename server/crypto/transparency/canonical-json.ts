/**
 * The one spelling of a JSON value (RFC 8785, JCS): no spaces, keys in the order of their UTF-16 code units, numbers as ECMAScript writes
 * them. What JSON cannot hold (undefined, functions) is left out as JSON.stringify does.
 * @throws TypeError for what has no JSON form at all, such as a bigint
 */
export function canonicalJson(value: unknown): string {
  return spell(JSON.parse(JSON.stringify(value ?? null)))
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${spell(member)}`).join(',')}}`
}
