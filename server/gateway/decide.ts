import { type PartnerLevel, type Permission, partnerLevels, permissionsOfLevel, permissionsOfRole, type Role, roles } from './permissions.ts'

/** What a grant can open by itself. */
export const resourceKinds = ['source', 'agent', 'partner'] as const
export type ResourceKind = (typeof resourceKinds)[number]

/** The permissions that a grant on one resource can give; everything else belongs to roles. */
export const grantable = {
  source: ['knowledge.read', 'knowledge.write'],
  agent: ['knowledge.ask'],
  partner: ['knowledge.read', 'knowledge.ask'],
} as const satisfies Record<ResourceKind, readonly Permission[]>

/** One resource opened to a person or to a role, until a moment or for good. */
export interface Grant {
  id: string
  kind: ResourceKind
  resourceId: string
  permission: Permission
  expiresAt: Date | null
}

/** What a decision is made from. A Caller is one. */
export interface Subject {
  role: Role
  /** Only partners have a level. */
  partnerLevel: PartnerLevel | null
  scopes: readonly Permission[] | null
  grants: readonly Grant[]
  impersonator: { name: string } | null
}

export interface Decision {
  allowed: boolean
  /** Which rule said so; `none` when no rule allows it, so it is refused. */
  rule: 'role' | 'partner_level' | 'grant' | 'scope' | 'impersonation' | 'none'
  /** For people. */
  reason: string
  /** The grant that allowed it. */
  grantId: string | null
}

/** What nobody may do under another person's name: it would outlast the time box or hide who did it. */
const notUnderAnotherName: readonly Permission[] = [
  'account.manage',
  'api_keys.manage',
  'sessions.manage',
  'security.manage',
  'people.impersonate',
  'privacy.manage',
  'people.manage',
  'access.manage',
  'clients.manage',
  'provider.manage',
  'webhooks.manage',
  'enterprise.create',
]

const live = (grant: Grant, now: Date) => grant.expiresAt === null || grant.expiresAt > now

/**
 * The one decision point: may this caller do this, and which rule says so. REST, the browser and every later door ask here.
 * Deny by default. A credential's scopes and impersonation only ever narrow; a role, a partner's level or a grant allows.
 */
export function decide(subject: Subject, permission: Permission, resource?: { kind: ResourceKind; id: string }, now = new Date()): Decision {
  const refused = (rule: Decision['rule'], reason: string): Decision => ({ allowed: false, rule, reason, grantId: null })
  const allowed = (rule: Decision['rule'], reason: string, grantId: string | null = null): Decision => ({ allowed: true, rule, reason, grantId })
  const { role, partnerLevel, scopes, impersonator } = subject
  if (impersonator && notUnderAnotherName.includes(permission))
    return refused('impersonation', `Nobody may use ${permission} under another person's name.`)
  if (scopes && !scopes.includes(permission))
    return refused('scope', `The credential is limited to ${scopes.join(', ') || 'nothing'}, which does not include ${permission}.`)
  if (permissionsOfRole(role).includes(permission)) return allowed('role', `The role ${role} includes ${permission}.`)
  if (role === 'partner' && partnerLevel && permissionsOfLevel(partnerLevel).includes(permission))
    return allowed('partner_level', `The partner access level ${partnerLevel} includes ${permission}.`)
  const grant = resource && grantsFor(subject, permission, resource.kind, now).find(({ resourceId }) => resourceId === resource.id)
  if (grant) {
    const until = grant.expiresAt ? ` until ${grant.expiresAt.toISOString()}` : ''
    return allowed('grant', `A grant gives ${permission} on this ${grant.kind}${until}.`, grant.id)
  }
  const level = role === 'partner' ? ` with access level ${partnerLevel ?? 'none'}` : ''
  return refused('none', `The role ${role}${level} does not include ${permission}${resource ? `, and no grant opens this ${resource.kind}` : ''}.`)
}

/** The part of an operation's declaration that decides who may call it. */
export interface Needs {
  permission: Permission
  resource?: { kind: ResourceKind; id?: string } | undefined
}

/**
 * May this caller make this call. Where role and level do not open the operation but it declares a resource, grants do: on the resource
 * whose `id` the call names, or, for an operation that lists, on no more than the ids in `within` (null: everything).
 */
export function decideCall(
  subject: Subject,
  { permission, resource }: Needs,
  id: string | null,
  now = new Date(),
): Decision & { within: readonly string[] | null } {
  const byRole = decide(subject, permission, undefined, now)
  if (byRole.allowed || byRole.rule !== 'none' || !resource) return { ...byRole, within: null }
  const granted = grantsFor(subject, permission, resource.kind, now)
  const within = granted.map(({ resourceId }) => resourceId)
  if (resource.id !== undefined) return { ...decide(subject, permission, { kind: resource.kind, id: id ?? '' }, now), within }
  const [first] = granted
  if (!first) return { ...byRole, within }
  const reason = `Grants open ${within.length} ${resource.kind}${within.length === 1 ? '' : 's'}; the answer holds nothing of the others.`
  return { allowed: true, rule: 'grant', reason, grantId: first.id, within }
}

/** The grants of one kind that count now. */
const grantsFor = (subject: Pick<Subject, 'grants'>, permission: Permission, kind: ResourceKind, now = new Date()): Grant[] =>
  subject.grants.filter((grant) => grant.kind === kind && grant.permission === permission && live(grant, now))

/** Everything a role, with its level, may do without a grant. */
export const rightsOf = (role: Role, level: PartnerLevel | null): readonly Permission[] =>
  role === 'partner' && level ? [...new Set([...permissionsOfRole(role), ...permissionsOfLevel(level)])] : permissionsOfRole(role)

/** True when `one` may do all that `other` may: nobody appoints, changes or acts as somebody with more rights. */
export function coversRights(one: readonly Permission[], other: readonly Permission[]): boolean {
  return other.every((permission) => one.includes(permission))
}

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text)
export const isPartnerLevel = (text: string | null): text is PartnerLevel => text !== null && (partnerLevels as readonly string[]).includes(text)
