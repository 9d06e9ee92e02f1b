// The documents that other programs read about the API, and the pages that show them.
import { expect, test } from '@playwright/test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { call } from './rest-client.ts'

interface OpenApi {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, { security?: unknown; responses: Record<string, unknown> }>>
}

const documents = { '/openapi.json': /^3\.1\./, '/openapi-3.0.json': /^3\.0\./ }

for (const [path, version] of Object.entries(documents)) {
  test(`${path} is a valid OpenAPI document`, async () => {
    const { body, text, status } = await call<OpenApi>(path)
    expect(status).toBe(200)
    expect(body.openapi).toMatch(version)
    expect(body.info).toMatchObject({ title: 'AIA Enterprise Platform API', version: '2.0.0' })
    const config = await createConfig({
      rules: {
        struct: 'error',
        'no-unresolved-refs': 'error',
        'operation-operationId-unique': 'error',
        'path-parameters-defined': 'error',
        'no-identical-paths': 'error',
        'no-invalid-media-type-examples': 'error',
        'security-defined': 'error',
        'operation-2xx-response': 'error',
        'operation-4xx-response': 'error',
      },
    })
    const found = await lintFromString({ source: text, config })
    expect(found.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`)).toEqual([])
  })
}

test('the documents name every operation of the contract', async () => {
  const { body } = await call<OpenApi>('/openapi.json')
  const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api/, '')}`),
  )
  for (const wanted of [
    'POST /v1/auth/login',
    'POST /v1/auth/refresh',
    'POST /v1/auth/logout',
    'GET /v1/auth/profile',
    'POST /v1/neural/process',
    'POST /v1/neural/train',
    'GET /v1/neural/training-runs',
    'GET /v1/neural/status',
    'GET /v1/neural/metrics',
    'POST /v1/neural/feedback',
    'POST /v1/neural/sources',
    'GET /v1/neural/sources',
    'GET /v1/neural/sources/{id}',
    'DELETE /v1/neural/sources/{id}',
    'GET /v1/neural/sources/{id}/content',
    'GET /v1/neural/atoms',
    'GET /v1/neural/atoms/{id}',
    'GET /v1/neural/graph',
  ]) {
    expect(operations).toContain(wanted)
  }
})

test('nobody reads them without signing in', async () => {
  for (const path of [...Object.keys(documents), '/docs', '/redoc']) expect((await call(path, { token: null })).status).toBe(401)
})

test('a document of one version has only its paths, and an unknown version is refused', async () => {
  const { body } = await call<OpenApi>('/openapi.json?version=v2')
  expect(Object.keys(body.paths)).toContain('/v2/neural/process')
  expect(Object.keys(body.paths).filter((path) => !path.startsWith('/v2/'))).toEqual([])
  for (const path of ['/openapi.json', '/openapi-3.0.json', '/docs', '/redoc'])
    expect(await call(`${path}?version=v9`)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/version' }] } })
})
