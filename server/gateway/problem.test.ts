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

it('calls a request whose caller has gone cut short, and a broken connection of ours a fault', () => {
  const broken = (message: string) => Object.assign(new Error(message), { code: 'ECONNRESET' })
  expect(problemDocument(broken('aborted'), 'r')).toMatchObject({ status: 400, code: 'invalid_input' })
  expect(problemDocument(broken('read ECONNRESET'), 'r')).toMatchObject({ status: 500, code: 'internal' })
})
