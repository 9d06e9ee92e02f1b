import { describe, expect, it } from 'vitest'
import { readProblem, toProblem } from './problem'
import { safeReturnPath, signInPath } from './session-state'

describe('the way back after signing in', () => {
  it('is kept', () => {
    expect(signInPath('/knowledge?state=failed', 'ended')).toBe('/signin?next=%2Fknowledge%3Fstate%3Dfailed&notice=ended')
    expect(safeReturnPath('/knowledge?state=failed')).toBe('/knowledge?state=failed')
  })
  it('never leads to another site or round in a circle', () => {
    for (const next of [
      null,
      '',
      'https://evil.test',
      '//evil.test',
      '/\\evil.test',
      '/a\\b',
      '/\tevil',
      'javascript:alert(1)',
      '/signin?next=/signin',
    ])
      expect(safeReturnPath(next)).toBe('/overview')
  })
})

describe('problems', () => {
  const headers = { get: (name: string) => ({ 'x-request-id': 'r-1', 'retry-after': '7' })[name] ?? null }
  it('are read from a problem document', () => {
    const problem = readProblem(
      { status: 422, code: 'unprocessable', detail: 'Encrypted', errors: [{ pointer: '/file', detail: 'is encrypted' }], request_id: 'r-2' },
      422,
      headers,
    )
    expect([problem.status, problem.code, problem.message, problem.requestId, problem.retryAfterS]).toEqual([
      422,
      'unprocessable',
      'Encrypted',
      'r-2',
      7,
    ])
    expect(problem.fields).toEqual([{ pointer: '/file', detail: 'is encrypted' }])
  })
  it("are read from the browser door's envelope", () => {
    const problem = readProblem(
      { json: { defined: false, code: 'NOT_FOUND', status: 404, message: 'No such source', data: { issues: [{ path: ['id'], message: 'bad' }] } } },
      404,
      headers,
    )
    expect([problem.code, problem.message, problem.requestId, problem.fields]).toEqual([
      'not-found',
      'No such source',
      'r-1',
      [{ pointer: '/id', detail: 'bad' }],
    ])
  })
  it('never show the inside of the server, and are made of anything', () => {
    expect(readProblem({ status: 500, detail: 'relation "x" does not exist' }, 500).message).not.toContain('relation')
    expect(readProblem('<html>', 502).status).toBe(502)
    expect(toProblem(new TypeError('Failed to fetch')).code).toBe('offline')
    expect(toProblem('x').code).toBe('unexpected')
  })
})
