import { Converter } from '@apiture/openapi-down-convert'
import { OpenAPIGenerator } from '@orpc/openapi'
import type { AnyRouter } from '@orpc/server'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { problemStatus } from './problem.ts'
import { routeTable } from './route-table.ts'

type Json = Record<string, unknown>
interface Operation extends Json {
  responses: Record<string, Json>
  parameters?: Json[]
}

const problemSchema = {
  type: 'object',
  description: 'Problem details, RFC 9457',
  required: ['type', 'title', 'status', 'code', 'request_id'],
  properties: {
    type: { type: 'string', examples: ['urn:aia:problem:invalid_input'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problemStatus) },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string', description: 'JSON pointer, RFC 6901' }, detail: { type: 'string' } },
      },
    },
    request_id: { type: 'string' },
  },
}

/** Problems that any operation may answer besides its own result. */
const problems: Record<string, string> = {
  400: 'The input is not valid',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Another method',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported type',
  422: 'Cannot be used as it is',
  429: 'Too many requests',
  431: 'Address and headers are too long',
  500: 'Something went wrong on our side',
  503: 'Not available right now',
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A key of your own for this call: sent again within a day, it gives the same answer and changes nothing more.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!#-~]+$' },
}

const example = { data: { content: 'sample data' }, processing_type: 'advanced', enterprise_tier: 'fortune_500' }

/** The OpenAPI 3.1 document of these tables, version by version: title and version as in MISSION.md. */
export async function openapi31(...tables: AnyRouter[]): Promise<Json> {
  const [first, ...others] = await Promise.all(tables.map(describeTable))
  for (const other of others) Object.assign(first?.paths as Json, other.paths)
  return first as Json
}

async function describeTable(router: AnyRouter): Promise<Json> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = (await generator.generate(router, {
    info: { title: 'AIA Enterprise Platform API', version: '2.0.0', description: "An enterprise's knowledge and its AI agents." },
    servers: [{ url: '/api' }],
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema as never },
    },
    security: [{ bearer: [] }],
  })) as unknown as Json
  const routes = routeTable(router, '')
  for (const [path, item] of Object.entries(document.paths as Record<string, Record<string, Operation>>)) {
    for (const [method, operation] of Object.entries(item)) {
      const route = routes.find((candidate) => candidate.path === path && candidate.method.toLowerCase() === method)
      if (!route) continue
      if (route.meta.permission === 'public') operation.security = []
      if (route.meta.deprecated) operation.deprecated = true
      if (method !== 'get') operation.parameters = [...(operation.parameters ?? []), idempotencyKey]
      for (const [status, description] of Object.entries(problems))
        operation.responses[status] = { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }
      for (const parameter of operation.parameters ?? []) {
        delete parameter.allowEmptyValue
        delete parameter.allowReserved
      }
      if (route.meta.streams) describeStream(operation)
    }
  }
  return document
}

function describeStream(operation: Operation): void {
  const content = operation.responses['200']?.content as Json | undefined
  if (content)
    content['text/event-stream'] = { schema: { type: 'string', description: 'Events `progress`, then one `result` or `error`; data is JSON.' } }
  const body = (operation.requestBody as { content?: Record<string, Json> } | undefined)?.content?.['application/json']
  if (body) body.example = example
}

const isNull = (schema: unknown): boolean => (schema as Json | null)?.type === 'null'

/** OpenAPI 3.0 knows no null type: `anyOf: [X, null]` is X that is nullable there. */
function nullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullable)
  if (value === null || typeof value !== 'object') return value
  const { anyOf, ...rest } = value as Json
  if (!Array.isArray(anyOf) || !anyOf.some(isNull)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, nullable(each)]))
  const others = anyOf.filter((schema) => !isNull(schema)).map(nullable) as Json[]
  const [only] = others
  if (only && others.length === 1 && !('$ref' in only)) return { ...rest, ...only, nullable: true }
  // `nullable` stands beside a type only, so one of several carries it.
  const typed = others.findIndex((schema) => 'type' in schema)
  if (typed < 0) return { ...rest, anyOf: [...others, { type: 'object', nullable: true, enum: [null] }] }
  return { ...rest, anyOf: others.with(typed, { ...others[typed], nullable: true }) }
}

/** The same document in OpenAPI 3.0.3, for tools that read no 3.1. */
export function openapi30(document: Json): Json {
  return new Converter(nullable(structuredClone(document)) as never, {}).convert() as unknown as Json
}
