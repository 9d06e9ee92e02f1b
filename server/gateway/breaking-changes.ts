type Json = Record<string, unknown>
/** An OpenAPI document. */
export type OpenApi = { paths?: Json; components?: Json }

interface Comparison {
  /** `input`: whoever sends what was right must still be right. `output`: whoever reads what was promised must still find it. */
  direction: 'input' | 'output'
  old: OpenApi
  now: OpenApi
}

const object = (value: unknown): Json => (value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

function resolve(schema: unknown, document: OpenApi): Json {
  const { $ref } = object(schema)
  if (typeof $ref !== 'string') return object(schema)
  const found = $ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, name) => object(at)[name], document)
  return resolve(found, document)
}

const alternatives = (schema: Json): unknown[] => list(schema.anyOf ?? schema.oneOf ?? [schema])
const typesOf = (schema: Json): unknown[] => (schema.type === undefined ? [] : list(schema.type))
const covers = (types: unknown[], type: unknown) => types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'))
const valuesOf = (schema: Json): unknown[] | null => ('const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : null)

/** What bounds an input: raising the first kind or lowering the second refuses what was accepted. */
const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const

function compareSchemas(oldSchema: unknown, newSchema: unknown, at: string, comparison: Comparison, depth = 0): string[] {
  const { direction, old, now } = comparison
  const [a, b] = [resolve(oldSchema, old), resolve(newSchema, now)]
  if (depth > 12) return []
  const [before, after] = [alternatives(a), alternatives(b)]
  if (before.length > 1 || after.length > 1) {
    const fits = (one: unknown, other: unknown) => compareSchemas(one, other, at, comparison, depth + 1).length === 0
    if (direction === 'input')
      return before.every((one) => after.some((other) => fits(one, other)))
        ? []
        : [`${at}: what was one of its alternatives is not accepted any more`]
    return after.every((other) => before.some((one) => fits(one, other))) ? [] : [`${at}: may now be something that it never was`]
  }
  const [x, y] = [object(before[0]), object(after[0])]
  return [
    ...compareTypes(x, y, at, direction),
    ...compareValues(x, y, at, direction),
    ...(direction === 'input' ? compareBounds(x, y, at) : []),
    ...compareProperties(x, y, at, comparison, depth),
    ...(x.items !== undefined && y.items !== undefined ? compareSchemas(x.items, y.items, `${at}[]`, comparison, depth + 1) : []),
  ]
}

function compareTypes(x: Json, y: Json, at: string, direction: Comparison['direction']): string[] {
  const [old, now] = [typesOf(x), typesOf(y)]
  if (direction === 'input') {
    if (old.length === 0 && now.length > 0) return [`${at}: took anything, takes only ${now.join(', ')} now`]
    return old.filter((type) => !covers(now, type)).map((type) => `${at}: does not take ${type} any more`)
  }
  if (old.length > 0 && now.length === 0) return [`${at}: was ${old.join(', ')}, may be anything now`]
  return now.filter((type) => !covers(old, type)).map((type) => `${at}: was ${old.join(', ')}, may be ${type} now`)
}

function compareValues(x: Json, y: Json, at: string, direction: Comparison['direction']): string[] {
  const [old, now] = [valuesOf(x), valuesOf(y)]
  if (direction === 'input' && now && !old) return [`${at}: took any value, takes only ${now.join(', ')} now`]
  if (direction === 'output' && old && !now) return [`${at}: was one of ${old.join(', ')}, may be any value now`]
  return (old ?? []).filter((value) => now && !now.includes(value)).map((value) => `${at}: the value ${JSON.stringify(value)} is gone`)
}

function compareBounds(x: Json, y: Json, at: string): string[] {
  const tightened = (name: string, isTighter: (old: number, now: number) => boolean) => {
    const [old, now] = [x[name], y[name]]
    return typeof now === 'number' && (typeof old !== 'number' || isTighter(old, now)) ? [`${at}: ${name} is ${now} now, was ${old ?? 'open'}`] : []
  }
  return [
    ...lowerBounds.flatMap((name) => tightened(name, (old, now) => now > old)),
    ...upperBounds.flatMap((name) => tightened(name, (old, now) => now < old)),
    ...(['pattern', 'format'] as const).flatMap((name) => (y[name] !== undefined && y[name] !== x[name] ? [`${at}: ${name} is ${y[name]} now`] : [])),
  ]
}

function compareProperties(x: Json, y: Json, at: string, comparison: Comparison, depth: number): string[] {
  const [old, now] = [object(x.properties), object(y.properties)]
  const [oldRequired, nowRequired] = [list(x.required), list(y.required)]
  const found: string[] = []
  for (const [name, schema] of Object.entries(old)) {
    const here = `${at}/${name}`
    if (name in now) found.push(...compareSchemas(schema, now[name], here, comparison, depth + 1))
    else if (comparison.direction === 'output' || y.additionalProperties === false) found.push(`${here}: is gone`)
    if (comparison.direction === 'output' && name in now && oldRequired.includes(name) && !nowRequired.includes(name))
      found.push(`${here}: may be missing now`)
  }
  if (comparison.direction === 'input')
    for (const name of nowRequired) if (!oldRequired.includes(name)) found.push(`${at}/${name}: must be given now`)
  return found
}

function compareParameters(oldOperation: Json, newOperation: Json, at: string, comparison: Comparison): string[] {
  const nameOf = (parameter: unknown) => `${object(parameter).in} ${object(parameter).name}`
  const [old, now] = [list(oldOperation.parameters), list(newOperation.parameters)]
  const known = new Map(old.map((parameter) => [nameOf(parameter), object(parameter)]))
  const found: string[] = []
  for (const [name, parameter] of known) {
    const other = now.find((candidate) => nameOf(candidate) === name)
    if (other) found.push(...compareSchemas(parameter.schema, object(other).schema, `${at} ${name}`, comparison))
    else found.push(`${at} ${name}: is gone`)
  }
  for (const parameter of now)
    if (object(parameter).required === true && known.get(nameOf(parameter))?.required !== true)
      found.push(`${at} ${nameOf(parameter)}: must be given now`)
  return found
}

function compareContent(old: unknown, now: unknown, at: string, comparison: Comparison): string[] {
  return Object.entries(object(object(old).content)).flatMap(([type, media]) => {
    const other = object(object(now).content)[type]
    return other === undefined ? [`${at} ${type}: is gone`] : compareSchemas(object(media).schema, object(other).schema, `${at} ${type}`, comparison)
  })
}

/**
 * What would break a program that was written for `old`: operations, fields and values that are gone, input that must be given or is
 * narrower, answers that may be something new. Additions break nothing. One line a break.
 */
export function breakingChanges(old: OpenApi, now: OpenApi): string[] {
  const [input, output] = [
    { direction: 'input', old, now },
    { direction: 'output', old, now },
  ] as const
  const found: string[] = []
  for (const [path, item] of Object.entries(object(old.paths))) {
    for (const [method, each] of Object.entries(object(item))) {
      const at = `${method.toUpperCase()} ${path}`
      const before = object(each)
      const after = object(object(now.paths)[path])[method]
      if (after === undefined) {
        found.push(`${at}: is gone`)
        continue
      }
      const operation = object(after)
      found.push(...compareParameters(before, operation, at, input))
      found.push(...compareContent(before.requestBody, operation.requestBody, `${at} body`, input))
      if (object(operation.requestBody).required === true && object(before.requestBody).required !== true) found.push(`${at} body: must be given now`)
      for (const [status, response] of Object.entries(object(before.responses))) {
        if (!status.startsWith('2')) continue
        const other = object(operation.responses)[status]
        if (other === undefined) found.push(`${at} answer ${status}: is gone`)
        else found.push(...compareContent(response, other, `${at} answer ${status}`, output))
      }
    }
  }
  return found
}
