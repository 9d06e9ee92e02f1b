import { describe, expect, it } from 'vitest'
import { coversRights, decide, type Grant, rightsOf, type Subject } from './decide.ts'
import { partnerLevels, permissions, roles } from './permissions.ts'

const subject = (more: Partial<Subject> = {}): Subject => ({
  role: 'analyst',
  partnerLevel: null,
  scopes: null,
  grants: [],
  impersonator: null,
  ...more,
})
const source = (id: string) => ({ kind: 'source' as const, id })
const grant = (more: Partial<Grant> = {}): Grant => ({
  id: 'g',
  kind: 'source',
  resourceId: 's1',
  permission: 'knowledge.read',
  expiresAt: null,
  ...more,
})

describe('the one decision', () => {
  it('gives every permission to some role, and a partner without level its profile only', () => {
    for (const permission of permissions) expect(roles.filter((role) => decide(subject({ role }), permission).allowed)).toContain('owner')
    const partner = subject({ role: 'partner', partnerLevel: 'none' })
    expect(permissions.filter((permission) => decide(partner, permission).allowed)).toEqual(['profile.read', 'account.manage'])
  })

  it('names the rule', () => {
    const now = new Date('2026-01-01T00:00:00Z')
    const partner = subject({ role: 'partner', partnerLevel: 'none', grants: [grant({ expiresAt: new Date('2026-01-02T00:00:00Z') })] })
    expect(decide(subject(), 'knowledge.read')).toMatchObject({ allowed: true, rule: 'role' })
    expect(decide(subject(), 'people.manage')).toMatchObject({ allowed: false, rule: 'none' })
    expect(decide(subject({ role: 'partner', partnerLevel: 'read' }), 'knowledge.read')).toMatchObject({ allowed: true, rule: 'partner_level' })
    expect(decide(partner, 'knowledge.read', source('s1'), now)).toMatchObject({ allowed: true, rule: 'grant', grantId: 'g' })
    expect(decide(partner, 'knowledge.read', source('s2'), now)).toMatchObject({ allowed: false, rule: 'none' })
    expect(decide(partner, 'knowledge.write', source('s1'), now)).toMatchObject({ allowed: false, rule: 'none' })
    expect(decide(partner, 'knowledge.read', source('s1'), new Date('2026-01-02T00:00:00Z'))).toMatchObject({ allowed: false, rule: 'none' })
    expect(decide(subject({ scopes: ['profile.read'] }), 'knowledge.read')).toMatchObject({ allowed: false, rule: 'scope' })
    expect(decide(subject({ role: 'owner', impersonator: { name: 'A' } }), 'people.manage')).toMatchObject({ allowed: false, rule: 'impersonation' })
  })

  it('never widens by scope, and a level counts for partners only', () => {
    expect(decide(subject({ scopes: ['people.manage'] }), 'people.manage').allowed).toBe(false)
    expect(decide(subject({ role: 'partner', scopes: ['profile.read'], grants: [grant()] }), 'knowledge.read', source('s1')).allowed).toBe(false)
    expect(decide(subject({ role: 'auditor', partnerLevel: 'operate' }), 'knowledge.write').allowed).toBe(false)
  })

  it('lets levels rise', () => {
    for (const [index, level] of partnerLevels.entries())
      for (const lower of partnerLevels.slice(0, index)) expect(coversRights(rightsOf('partner', level), rightsOf('partner', lower))).toBe(true)
    expect(coversRights(rightsOf('admin', null), rightsOf('owner', null))).toBe(false)
  })
})
