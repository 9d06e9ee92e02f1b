import { isAbsolute, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readEnv } from './env.ts'

const read = (variables: Record<string, string>) => readEnv(variables as unknown as NodeJS.ProcessEnv)

describe('environment', () => {
  it('needs no variable', () => {
    const env = read({})
    expect(env).toMatchObject({ port: 3000, hostname: '127.0.0.1', starter: true, publicUrl: 'http://127.0.0.1:3000', llm: null })
    expect(isAbsolute(env.dataDir)).toBe(true)
  })
  it('takes an empty variable as not set', () => {
    expect(read({ PORT: '', AIA_ADMIN_PASSWORD: '' })).toMatchObject({ port: 3000, admin: { password: undefined } })
  })
  it('accepts an address without a dot and folds its case', () => {
    expect(read({ AIA_ADMIN_EMAIL: 'Owner@Intranet' }).admin.email).toBe('owner@intranet')
  })
  it.each([
    ['PORT', '70000'],
    ['PORT', 'abc'],
    ['AIA_STARTER', 'maybe'],
    ['AIA_ADMIN_PASSWORD', 'short'],
    ['AIA_ADMIN_EMAIL', 'nobody'],
    ['AIA_MAX_UPLOAD_MB', '0'],
    ['AIA_PUBLIC_URL', 'here'],
    ['DATABASE_URL', 'postgres://127.0.0.1/aia'],
    ['DATABASE_URL', 'postgres://u:%zz@h/db'],
    ['DATABASE_URL', 'postgres://u:hush@h:abc/db'],
    ['DATABASE_URL', 'postgres://u:hush@h:1,h:99999/db'],
    ['DATABASE_URL', 'postgres://u:hush@h:1,,h:2/db'],
    ['AIA_DATABASE_CONNECTIONS', '7'],
    ['AIA_DATABASE_CONNECTIONS', 'many'],
    ['INFLUXDB_URL', '127.0.0.1:8086'],
    ['INFLUXDB_URL', 'http://127.0.0.1:8086/a"b'],
    ['INFLUXDB_URL', 'http://u:%zz@127.0.0.1:8086'],
    ['INFLUXDB_URL', 'http://u:hush@127.0.0.1:99999'],
    ['NEO4J_URL', 'http://127.0.0.1:7474'],
    ['NEO4J_USER', 'neo4j'],
    ['NEO4J_PASSWORD', 'hush'],
    ['GCS_BUCKET', 'gs://originals'],
    ['STORAGE_EMULATOR_HOST', '127.0.0.1:4443'],
    ['STORAGE_EMULATOR_HOST', 'http://127.0.0.1:4443'],
    ['AIA_LLM_URL', 'http://127.0.0.1:1'],
    ['AIA_OIDC_INSIDE', 'nowhere'],
    ['REDIS_URL', '127.0.0.1:6379'],
    ['REDIS_URL', ','],
    ['REDIS_URL', 'redis://:%zz@h'],
    ['REDIS_URL', 'redis://:hush@h:99999'],
    ['REDIS_URL', 'http://127.0.0.1:6379'],
    ['REDIS_URL', 'redis://127.0.0.1:7101/2,redis://127.0.0.1:7102'],
    ['REDIS_URL', 'redis://127.0.0.1:7101,rediss://127.0.0.1:7102'],
  ])('names the variable that is wrong in one line, without a password: %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^AIA cannot start: ${name}\\b[^\\n]*$`))
    expect(() => read({ [name]: value })).not.toThrow(/hush|%zz/)
  })
  it('names several that are wrong in one line', () => {
    expect(() => read({ PORT: 'abc', AIA_STARTER: 'maybe' })).toThrow(/^AIA cannot start: PORT: [^\n]+; AIA_STARTER: [^\n]+$/)
  })
  it('takes one PostgreSQL or the hosts of a cluster, and how many connections it may have', () => {
    for (const DATABASE_URL of ['postgres://u:p@h/db', 'postgresql://u:p%40w@h1:5432,h2,[::1]:5433/db?sslmode=require'])
      expect(read({ DATABASE_URL }).databaseUrl).toBe(DATABASE_URL)
    expect(read({}).databaseConnections).toBeNull()
    expect(read({ AIA_DATABASE_CONNECTIONS: '24' }).databaseConnections).toBe(24)
  })
  it('takes one Redis or the nodes of a cluster, and does not repeat a password that stands in a wrong address', () => {
    expect(read({}).redisUrls).toEqual([])
    expect(read({ REDIS_URL: 'rediss://user:word@cache:6380/2' }).redisUrls).toEqual(['rediss://user:word@cache:6380/2'])
    expect(read({ REDIS_URL: 'redis://a:7101, redis://b:7102' }).redisUrls).toEqual(['redis://a:7101', 'redis://b:7102'])
    expect(() => read({ REDIS_URL: 'redis//:hush@cache' })).not.toThrow(/hush/)
    expect(() => read({ REDIS_URL: 'redis//:hush@cache' })).toThrow(/REDIS_URL/)
  })
  it('takes a Neo4j with its password, which does not stand in the address', () => {
    const address = { NEO4J_URL: 'neo4j+s://graph:7687', NEO4J_PASSWORD: 'word' }
    expect(read({}).neo4j).toBeNull()
    expect(read(address).neo4j).toEqual({ url: 'neo4j+s://graph:7687', user: 'neo4j', password: 'word' })
    expect(() => read({ NEO4J_URL: 'bolt://graph' })).toThrow('NEO4J_PASSWORD')
    for (const NEO4J_URL of ['bolt://127.0.0.1:99999', 'bolt://127.0.0.1:abc', 'bolt://[zz]', 'neo4j+s://'])
      expect(() => read({ ...address, NEO4J_URL }), NEO4J_URL).toThrow(/^AIA cannot start: NEO4J_URL: [^\n]+$/)
    expect(() => read({ NEO4J_URL: 'bolt://neo4j:hush@graph' })).toThrow(/NEO4J_URL/)
    expect(() => read({ NEO4J_URL: 'bolt://neo4j:hush@graph' })).not.toThrow(/hush/)
  })
  it('takes a bucket of Google’s, or of what stands in for it', () => {
    expect(read({}).gcs).toBeNull()
    expect(read({ GCS_BUCKET: 'originals.example.com' }).gcs).toEqual({ bucket: 'originals.example.com', emulator: null })
    expect(read({ GCS_BUCKET: 'originals', STORAGE_EMULATOR_HOST: 'http://127.0.0.1:4443' }).gcs?.emulator).toBe('http://127.0.0.1:4443')
  })
  it('wants a model for an endpoint', () => {
    expect(() => read({ AIA_LLM_URL: 'http://127.0.0.1:1' })).toThrow('AIA_LLM_MODEL')
  })
  it('takes vectors from an endpoint or a folder, not from both', () => {
    const endpoint = { AIA_EMBEDDINGS_URL: 'http://127.0.0.1:1/v1', AIA_EMBEDDINGS_MODEL: 'm' }
    expect(read(endpoint).embeddings).toMatchObject({ url: 'http://127.0.0.1:1/v1' })
    expect(read({ AIA_EMBEDDINGS_DIR: 'models/small' }).embeddings).toEqual({ folder: resolve('models/small') })
    expect(() => read({ ...endpoint, AIA_EMBEDDINGS_DIR: 'models/small' })).toThrow(
      /^AIA cannot start: AIA_EMBEDDINGS_URL and AIA_EMBEDDINGS_DIR are both set/,
    )
  })
})
