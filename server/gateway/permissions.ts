export const permissions = ['knowledge.read', 'knowledge.ask', 'knowledge.write', 'learning.read', 'learning.train', 'profile.read'] as const
export type Permission = (typeof permissions)[number]

export const roles = ['owner', 'admin', 'analyst', 'operator', 'auditor', 'agent', 'partner'] as const
export type Role = (typeof roles)[number]

/** What each role may do. What is not listed is refused. */
const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions,
  analyst: ['knowledge.read', 'knowledge.ask', 'knowledge.write', 'learning.read', 'profile.read'],
  operator: ['knowledge.read', 'knowledge.ask', 'knowledge.write', 'learning.read', 'learning.train', 'profile.read'],
  auditor: ['knowledge.read', 'learning.read', 'profile.read'],
  agent: ['knowledge.read', 'knowledge.ask', 'profile.read'],
  partner: ['profile.read'],
}

export const isPermitted = (caller: { role: Role; scopes: readonly Permission[] | null }, permission: Permission): boolean =>
  granted[caller.role].includes(permission) && (caller.scopes === null || caller.scopes.includes(permission))
