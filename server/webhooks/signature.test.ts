import { describe, expect, it } from 'vitest'
import { reasonToPause } from './pause.ts'
import { nextDelaySeconds, retryAfterSeconds } from './retry-schedule.ts'
import { newSecret, signedHeaders } from './signature.ts'

describe('the signature', () => {
  // As the specification's own tools compute it (standard-webhooks/standard-webhooks).
  const message = { id: 'msg_loFOjxBNrRLzqYUf', at: new Date(1_731_705_121_999), body: '{"event_type":"ping","data":{"success":true}}' }
  const secret = 'whsec_plJ3nmyCDGBKInavdOK15jsl'

  it('is the one of the specification', () => {
    expect(signedHeaders([secret], message)).toEqual({
      'webhook-id': 'msg_loFOjxBNrRLzqYUf',
      'webhook-timestamp': '1731705121',
      'webhook-signature': 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
    })
  })

  it('is given by every secret, the newest first', () => {
    const other = newSecret()
    const [one, two, ...more] = signedHeaders([other, secret], message)['webhook-signature']?.split(' ') ?? []
    expect([two, more]).toEqual(['v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=', []])
    expect(one).not.toBe(two)
  })

  it('is made with 32 random bytes', () => {
    expect(newSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(newSecret()).not.toBe(newSecret())
  })
})

describe('the schedule', () => {
  it('tries longer and longer apart for about a day, then gives up', () => {
    const least = retryAfterSeconds.map((_, i) => nextDelaySeconds(i, 0) as number)
    const most = retryAfterSeconds.map((_, i) => nextDelaySeconds(i, 1) as number)
    expect(least).toEqual([4, 24, 96, 480, 2_880, 11_520, 23_040, 34_560])
    expect(most).toEqual([6, 36, 144, 720, 4_320, 17_280, 34_560, 51_840])
    for (let i = 1; i < least.length; i++) expect(least[i]).toBeGreaterThan((most[i - 1] as number) - 1)
    const hours = retryAfterSeconds.reduce((sum, each) => sum + each, 0) / 3_600
    expect(hours).toBeGreaterThan(24)
    expect(hours).toBeLessThan(26)
    expect(nextDelaySeconds(retryAfterSeconds.length)).toBeNull()
  })

  it('ends in a pause after 410, five days or twenty messages given up', () => {
    const now = new Date()
    const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
    expect(reasonToPause({ failingSince: now, givenUp: 0 }, 410, now)).toBe('gone')
    expect(reasonToPause({ failingSince: daysAgo(4.9), givenUp: 19 }, 500, now)).toBeNull()
    expect(reasonToPause({ failingSince: daysAgo(5.1), givenUp: 0 }, null, now)).toBe('failing')
    expect(reasonToPause({ failingSince: now, givenUp: 20 }, 500, now)).toBe('failing')
  })
})
