import { describe, expect, it } from 'vitest'
import { readRefusal, refusalText } from './sign-in-refusal'

describe('why signing in was refused', () => {
  it('tells a wrong password from a wrong code and from too many tries, and how long to wait', () => {
    expect(refusalText('unauthenticated')).toContain('do not match')
    expect(refusalText('mfa_refused:otp')).toContain('code is wrong')
    expect(refusalText('rate_limited:30')).toBe('Too many tries. Wait 30 s, then try again.')
    expect(refusalText('rate_limited:120')).toContain('Wait 2 min,')
    expect(refusalText('rate_limited')).toContain('Wait a minute')
    expect(refusalText(null)).toContain('failed on the server')
  })
  it('says by which ways a second factor can be proved', () => {
    expect(readRefusal('mfa_required:otp+passkey')).toEqual({ code: 'mfa_required', waitS: null, methods: ['otp', 'passkey'] })
    expect(readRefusal('rate_limited:30').methods).toEqual([])
  })
})
