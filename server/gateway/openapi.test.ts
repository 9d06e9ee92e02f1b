import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, it } from 'vitest'
import { api } from '../api.ts'
import { openapi30, openapi31 } from './openapi.ts'

const rules = {
  struct: 'error',
  'no-unresolved-refs': 'error',
  'operation-operationId-unique': 'error',
  'no-invalid-media-type-examples': 'error',
} as const

it('describes every operation in valid documents of both forms', async () => {
  const described = await openapi31(api)
  const config = await createConfig({ rules })
  for (const document of [described, openapi30(described)]) {
    const found = await lintFromString({ source: JSON.stringify(document), config })
    expect(found.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`)).toEqual([])
  }
})

it('says of a value of several types, or of a named schema, that it may be null', () => {
  const schemas = {
    several: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
    named: { anyOf: [{ $ref: '#/components/schemas/several' }, { type: 'null' }] },
  }
  const document = openapi30({ openapi: '3.1.0', info: { title: 'x', version: '1' }, paths: {}, components: { schemas } })
  expect(JSON.parse(JSON.stringify(document.components))).toMatchObject({
    schemas: {
      several: { anyOf: [{ type: 'string', nullable: true }, { type: 'number' }] },
      named: { anyOf: [{ $ref: '#/components/schemas/several' }, { nullable: true, enum: [null] }] },
    },
  })
})
