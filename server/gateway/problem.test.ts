import { expect, it } from 'vitest'
import { problemDocument } from './problem.ts'

const refused = (code: string) => new Error('Failed query', { cause: Object.assign(new Error('database'), { code }) })

it('tells a caller that U+0000 cannot be stored, and nothing of other faults', () => {
  for (const code of ['22021', '22P05']) expect(problemDocument(refused(code), 'r')).toMatchObject({ status: 400, code: 'invalid_input' })
  expect(problemDocument(refused('42P01'), 'r')).toEqual({
    type: 'urn:aia:problem:internal',
    title: expect.any(String),
    status: 500,
    code: 'internal',
    request_id: 'r',
  })
})
