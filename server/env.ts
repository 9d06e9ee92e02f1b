import { isIP } from 'node:net'
import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { emailAddress } from './auth/contract.ts'
import { isPostgresAddress } from './storage/database/postgres-address.ts'
import { isInfluxAddress } from './storage/timeseries/influxdb-address.ts'

const flag = z.enum(['on', 'off'])
/** Values between commas or spaces, each of which must pass. */
const list = (passes: (value: string) => boolean, reason: string) =>
  z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .superRefine((values, context) => {
      for (const value of values) if (!passes(value)) context.addIssue({ code: 'custom', message: `"${value}" ${reason}` })
    })
const isAddressOrRange = (text: string) => (text.includes('/') ? ipaddr.isValidCIDR(text) : isIP(text) !== 0)
const isOrigin = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** One Redis, which may have numbered databases (redis://host/2), or nodes of a cluster, which has none. */
function isRedis(texts: string[]): boolean {
  if (!texts.every((text) => URL.canParse(text))) return false
  const urls = texts.map((text) => new URL(text))
  const database = urls.length > 1 ? /^\/?$/ : /^(?:\/\d{0,3})?$/
  return (
    texts.length > 0 &&
    urls.every(
      ({ protocol, hostname, pathname, username, password }) =>
        /^rediss?:$/.test(protocol) &&
        protocol === urls[0]?.protocol &&
        hostname !== '' &&
        database.test(pathname) &&
        isDecodable(username) &&
        isDecodable(password),
    )
  )
}

/** Its port is looked at here: the driver takes another one for a port that it cannot read. */
function isNeo4j(text: string): boolean {
  const [, place] = /^(?:bolt|neo4j)(?:\+s(?:sc)?)?:\/\/([^/@\s?#]+)\/?$/.exec(text) ?? []
  return place !== undefined && URL.canParse(`http://${place}`)
}

/** Everything AIA reads from the environment. A wrong value stops the start with a line that names it. */
const schema = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  AIA_HOST: z.string().min(1).default('127.0.0.1'),
  AIA_DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: z.string().refine(isPostgresAddress, 'must be postgres://user:password@host:port/database').optional(),
  AIA_DATABASE_CONNECTIONS: z.coerce.number().int().min(8).max(1000).optional(),
  AIA_JOBS: flag.default('on'),
  AIA_ADMIN_EMAIL: emailAddress.default('admin@aia.local'),
  AIA_ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').max(200).optional(),
  AIA_STARTER: flag.default('on'),
  AIA_LAB: z.enum(['0', '1']).default('0'),
  AIA_PROJECT_DIR: z.string().min(1).optional(),
  AIA_PUBLIC_URL: z.url().optional(),
  AIA_TRUSTED_PROXIES: list(isAddressOrRange, 'is neither an address nor a range such as 10.0.0.0/8'),
  AIA_CORS_ORIGINS: list(isOrigin, 'is not an origin such as https://app.example.com'),
  AIA_OIDC_INSIDE: z.string().optional(),
  AIA_WEBHOOKS_INSIDE: list(isOrigin, 'is not an origin such as http://10.0.0.5:8080'),
  AIA_MAX_UPLOAD_MB: z.coerce.number().int().min(1).max(1024).default(50),
  // Not by `list`, which says what it refuses: an address may hold a password.
  REDIS_URL: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine(isRedis, 'is not an address such as redis://127.0.0.1:6379, or several of them with commas between')
    .optional(),
  INFLUXDB_URL: z.string().refine(isInfluxAddress, 'must be http://user:password@host:port/database').optional(),
  // The address alone: it is shown when nothing answers there, so no password may stand in it.
  NEO4J_URL: z.string().refine(isNeo4j, 'is not an address such as bolt://127.0.0.1:7687, without user and password').optional(),
  NEO4J_USER: z.string().min(1).optional(),
  NEO4J_PASSWORD: z.string().min(1).optional(),
  GCS_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/, 'is not the name of a bucket')
    .optional(),
  STORAGE_EMULATOR_HOST: z.string().refine(isOrigin, 'is not an address such as http://127.0.0.1:4443').optional(),
  AIA_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  AIA_LLM_URL: z.url().optional(),
  AIA_LLM_MODEL: z.string().min(1).optional(),
  AIA_LLM_API_KEY: z.string().min(1).optional(),
  AIA_EMBEDDINGS_URL: z.url().optional(),
  AIA_EMBEDDINGS_MODEL: z.string().min(1).optional(),
  AIA_EMBEDDINGS_API_KEY: z.string().min(1).optional(),
  AIA_EMBEDDINGS_DIR: z.string().min(1).optional(),
})

export interface Env {
  port: number
  hostname: string
  /** Absolute path of the folder that holds the embedded database, objects and keys. */
  dataDir: string
  /** Address of a PostgreSQL server, or null: the embedded database. */
  databaseUrl: string | null
  /** Most connections of this process to PostgreSQL at once, or null: as many as suit what it does. */
  databaseConnections: number | null
  /** False: this process only starts durable jobs; workers run them. */
  jobs: boolean
  /** Absolute path of the checkout: what the starter workspace reads. */
  projectDir: string
  /** Origin under which browsers reach AIA. */
  publicUrl: string
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-* headers count. */
  trustedProxies: string[]
  /** Origins besides our own sites whose pages may call the REST door. */
  corsOrigins: string[]
  admin: { email: string; password: string | undefined }
  starter: boolean
  /** True: /lab shows made-up graphs to whoever asks, for measurements. */
  lab: boolean
  /** Origins of enterprises' OpenID providers that may stand inside the network, and speak plain http; elsewhere only https outside. */
  oidcInside: readonly string[]
  /** Origins inside the network that webhooks may be sent to, by plain http too; elsewhere only https outside. */
  webhooksInside: readonly string[]
  maxUploadBytes: number
  /** Redis for cache and limits: none is memory, one address, or nodes of a cluster. Each may hold a password. */
  redisUrls: readonly string[]
  /** Address of an InfluxDB 1.x for time series, or null: the database. It may hold a password. */
  influxUrl: string | null
  /** Neo4j that holds the graph too, or null: the database alone. */
  neo4j: { url: string; user: string; password: string } | null
  /** Bucket of Google Cloud Storage for objects, and what stands in for Google's servers; null: files below `dataDir`. */
  gcs: { bucket: string; emulator: string | null } | null
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** OpenAI-compatible chat endpoint that may phrase answers, or null. */
  llm: Endpoint | null
  /** What gives vectors: an OpenAI-compatible embeddings endpoint, the absolute path of a folder with an ONNX model, or nothing. */
  embeddings: Endpoint | { folder: string } | null
}

interface Endpoint {
  url: string
  model: string
  apiKey: string | undefined
}

/** A line for whoever starts AIA; it names the variable and repeats no value that may hold a password. */
const failure = (line: string) => new Error(`AIA cannot start: ${line}`)

function endpoint(name: string, url?: string, model?: string, apiKey?: string): Endpoint | null {
  if (!url) return null
  if (!model) throw failure(`AIA_${name}_URL is set, so AIA_${name}_MODEL must name the model.`)
  return { url: url.replace(/\/+$/, ''), model, apiKey }
}

function neo4j(url: string | undefined, user: string | undefined, password: string | undefined): Env['neo4j'] {
  const given = user === undefined ? 'NEO4J_PASSWORD' : 'NEO4J_USER'
  if (!url && (user ?? password) !== undefined) throw failure(`${given} is set, but not NEO4J_URL, the address that it is for.`)
  if (!url) return null
  if (!password) throw failure('NEO4J_URL is set, so NEO4J_PASSWORD must be too.')
  return { url, user: user ?? 'neo4j', password }
}

function gcs(bucket: string | undefined, emulator: string | undefined): Env['gcs'] {
  if (!bucket && emulator) throw failure('STORAGE_EMULATOR_HOST is set, but not GCS_BUCKET, the bucket there.')
  return bucket ? { bucket, emulator: emulator ?? null } : null
}

function embeddings(dir: string | undefined, outside: Endpoint | null): Env['embeddings'] {
  if (dir && outside) throw failure('AIA_EMBEDDINGS_URL and AIA_EMBEDDINGS_DIR are both set; vectors come from one of them.')
  return dir ? { folder: resolve(dir) } : outside
}

/** A list of origins, by commas. */
function origins(text = ''): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map((each) => {
      if (!URL.canParse(each) || new URL(each).origin !== each)
        throw failure(`AIA_OIDC_INSIDE: ${each} is not an origin such as http://10.0.0.5:8080`)
      return each
    })
}

/** Parses the variables; throws one Error whose message, one line, names every wrong variable with its reason. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  // An empty variable means "not set": that is how shells and compose files clear one.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    throw failure(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  }
  const v = parsed.data
  if (v.AIA_JOBS === 'off' && !v.DATABASE_URL) throw failure('AIA_JOBS is off, but without DATABASE_URL no other process can run the jobs.')
  return {
    port: v.PORT,
    hostname: v.AIA_HOST,
    dataDir: resolve(v.AIA_DATA_DIR),
    databaseUrl: v.DATABASE_URL ?? null,
    databaseConnections: v.AIA_DATABASE_CONNECTIONS ?? null,
    jobs: v.AIA_JOBS === 'on',
    projectDir: resolve(v.AIA_PROJECT_DIR ?? process.cwd()),
    publicUrl: (v.AIA_PUBLIC_URL ?? `http://127.0.0.1:${v.PORT}`).replace(/\/+$/, ''),
    trustedProxies: v.AIA_TRUSTED_PROXIES,
    corsOrigins: v.AIA_CORS_ORIGINS,
    admin: { email: v.AIA_ADMIN_EMAIL.toLowerCase(), password: v.AIA_ADMIN_PASSWORD },
    starter: v.AIA_STARTER === 'on',
    lab: v.AIA_LAB === '1',
    oidcInside: origins(v.AIA_OIDC_INSIDE),
    webhooksInside: v.AIA_WEBHOOKS_INSIDE,
    maxUploadBytes: v.AIA_MAX_UPLOAD_MB * 1024 * 1024,
    redisUrls: v.REDIS_URL ?? [],
    influxUrl: v.INFLUXDB_URL ?? null,
    neo4j: neo4j(v.NEO4J_URL, v.NEO4J_USER, v.NEO4J_PASSWORD),
    gcs: gcs(v.GCS_BUCKET, v.STORAGE_EMULATOR_HOST),
    logLevel: v.AIA_LOG_LEVEL,
    llm: endpoint('LLM', v.AIA_LLM_URL, v.AIA_LLM_MODEL, v.AIA_LLM_API_KEY),
    embeddings: embeddings(v.AIA_EMBEDDINGS_DIR, endpoint('EMBEDDINGS', v.AIA_EMBEDDINGS_URL, v.AIA_EMBEDDINGS_MODEL, v.AIA_EMBEDDINGS_API_KEY)),
  }
}
