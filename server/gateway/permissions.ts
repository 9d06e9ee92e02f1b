export const permissions = [
  'knowledge.read',
  'knowledge.ask',
  'knowledge.write',
  'learning.read',
  'learning.train',
  'profile.read',
  'people.read',
  'people.manage',
  'people.impersonate',
  'access.read',
  'access.manage',
  'clients.manage',
  'provider.manage',
  'enterprise.create',
  'account.manage',
  'api_keys.manage',
  'sessions.manage',
  'security.manage',
  'audit.read',
  'limits.read',
  'analytics.read',
  'alerts.manage',
  'privacy.manage',
  'jobs.read',
  'jobs.manage',
  'webhooks.manage',
] as const
export type Permission = (typeof permissions)[number]

const administrative = [
  'people.manage',
  'access.manage',
  'clients.manage',
  'provider.manage',
  'sessions.manage',
  'security.manage',
  'privacy.manage',
  'jobs.manage',
  'webhooks.manage',
] as const satisfies readonly Permission[]

/** True for what changes people, rights, keys, settings or jobs of an enterprise: whoever looks after these hears of it at once. */
export const isAdministrative = (permission: string | undefined): permission is (typeof administrative)[number] =>
  (administrative as readonly (string | undefined)[]).includes(permission)

export const roles = ['owner', 'admin', 'analyst', 'operator', 'auditor', 'agent', 'partner'] as const
export type Role = (typeof roles)[number]

/** How far a partner is let in, in rising order. Every level includes the ones before it. */
export const partnerLevels = ['none', 'read', 'contribute', 'operate'] as const
export type PartnerLevel = (typeof partnerLevels)[number]

const everythingBut = (...withheld: readonly Permission[]) => permissions.filter((permission) => !withheld.includes(permission))

/** What each role may do. What is not listed is refused. */
const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: everythingBut('enterprise.create'),
  analyst: [
    'knowledge.read',
    'knowledge.ask',
    'knowledge.write',
    'learning.read',
    'profile.read',
    'account.manage',
    'api_keys.manage',
    'analytics.read',
    'alerts.manage',
  ],
  operator: [
    'knowledge.read',
    'knowledge.ask',
    'knowledge.write',
    'learning.read',
    'learning.train',
    'profile.read',
    'account.manage',
    'api_keys.manage',
    'limits.read',
    'analytics.read',
    'alerts.manage',
    'jobs.read',
    'jobs.manage',
  ],
  auditor: [
    'knowledge.read',
    'learning.read',
    'profile.read',
    'people.read',
    'access.read',
    'account.manage',
    'audit.read',
    'limits.read',
    'analytics.read',
    'jobs.read',
  ],
  agent: ['knowledge.read', 'knowledge.ask', 'profile.read', 'account.manage'],
  partner: ['profile.read', 'account.manage'],
}

/** What a partner's level adds to its role. */
const addedByLevel: Record<PartnerLevel, readonly Permission[]> = {
  none: [],
  read: ['knowledge.read'],
  contribute: ['knowledge.read', 'knowledge.ask', 'knowledge.write'],
  operate: ['knowledge.read', 'knowledge.ask', 'knowledge.write', 'learning.read', 'learning.train'],
}

export const permissionsOfRole = (role: Role): readonly Permission[] => granted[role]
export const permissionsOfLevel = (level: PartnerLevel): readonly Permission[] => addedByLevel[level]
