import type { Role } from './services.ts'

export const permissions = ['knowledge.read', 'knowledge.ask', 'knowledge.write', 'learning.read', 'learning.train', 'profile.read'] as const
export type Permission = (typeof permissions)[number]

/** What each role may do. What is not listed is refused. */
const granted: Record<Role, readonly Permission[]> = {
  owner: permissions,
  admin: permissions,
  analyst: ['knowledge.read', 'knowledge.ask', 'knowledge.write', 'learning.read', 'profile.read'],
}

export const isPermitted = (role: Role, permission: Permission): boolean => granted[role].includes(permission)
