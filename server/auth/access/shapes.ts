// What goes in and out of the operations on who may do what.
import { z } from 'zod'
import { grantable, resourceKinds } from '../../gateway/decide.ts'
import { partnerLevels, permissions, roles } from '../../gateway/permissions.ts'

const role = z.enum(roles)
const permission = z.enum(permissions)
const kind = z.enum(resourceKinds)

const opened = {
  kind,
  /** Id of the source, agent or partner. */
  resource_id: z.string().min(1).max(200),
  permission,
}

export const newGrant = z
  .strictObject({
    ...opened,
    /** Whom it is given to: one person, or everybody with a role. */
    person_id: z.uuid().optional(),
    role: role.optional(),
    expires_at: z.iso.datetime().optional(),
  })
  .refine((grant) => (grant.person_id === undefined) !== (grant.role === undefined), { error: 'name either a person or a role', path: ['person_id'] })
  .refine((grant) => (grantable[grant.kind] as readonly string[]).includes(grant.permission), {
    error: 'this permission belongs to roles, or does not fit this kind of resource',
    path: ['permission'],
  })
  .refine((grant) => grant.expires_at === undefined || Date.parse(grant.expires_at) > Date.now(), {
    error: 'must lie in the future',
    path: ['expires_at'],
  })

export const grant = z.object({
  id: z.uuid(),
  ...opened,
  person: z.object({ id: z.uuid(), name: z.string(), email: z.string() }).nullable(),
  role: role.nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  expired: z.boolean(),
})

export const matrix = z.object({
  roles: z.array(z.object({ role, permissions: z.array(permission) })),
  partner_levels: z.array(z.object({ level: z.enum(partnerLevels), permissions: z.array(permission) })),
  permissions: z.array(z.object({ permission, operations: z.array(z.string()) })),
  grantable: z.record(kind, z.array(permission)),
  operations: z.array(
    z.object({
      name: z.string(),
      method: z.string(),
      path: z.string(),
      permission: z.string(),
      /** The kind of resource whose grants open it. */
      resource: kind.nullable(),
      /** True when the call names one resource by id. */
      by_id: z.boolean(),
    }),
  ),
})

export const question = z
  .strictObject({
    person_id: z.uuid().optional(),
    /** An API key, by its id in the list of keys. */
    api_key_id: z.uuid().optional(),
    /** An OAuth client, by its id in the list of clients: by itself, or in the name of the person. */
    client_id: z.uuid().optional(),
    operation: z.string().min(1).max(100),
    resource_id: z.string().min(1).max(200).optional(),
  })
  .refine((asked) => (asked.api_key_id === undefined) === (asked.person_id !== undefined || asked.client_id !== undefined), {
    error: 'name a person, a client, both, or an API key',
    path: ['person_id'],
  })
export const answer = z.object({
  allowed: z.boolean(),
  rule: z.enum(['public', 'role', 'partner_level', 'grant', 'scope', 'impersonation', 'suspended', 'ended', 'none']),
  reason: z.string(),
  permission: z.string(),
  grant_id: z.uuid().nullable(),
})
