import { and, eq } from 'drizzle-orm'
import type { z } from 'zod'
import { decideCall, type Subject } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { permissions } from '../../gateway/permissions.ts'
import { problem } from '../../gateway/problem.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { levelOf, roleOf, selectMembers } from '../people/member.ts'
import { apiKeys, memberships, oauthClients } from '../tables.ts'
import { answer, question } from './shapes.ts'
import { grantsOf } from './stored.ts'

type Asked = z.infer<typeof question>
/** Why a caller is refused before any rule is asked. */
type Closed = { rule: 'suspended' | 'ended'; reason: string }

const permissionsIn = (scopes: readonly string[]) => permissions.filter((permission) => scopes.includes(permission))
const nothing = (what: string) => problem('not_found', `There is no such ${what} in this enterprise.`)

/** A person's rights, narrowed to the scopes of the credential that it calls by. */
async function personSubject(tx: Transaction, enterpriseId: string, personId: string, scopes: Subject['scopes']): Promise<Subject | Closed> {
  const [person] = await selectMembers(tx).where(and(eq(memberships.enterpriseId, enterpriseId), eq(memberships.personId, personId)))
  if (!person) throw nothing('person')
  if (person.suspendedAt) return { rule: 'suspended', reason: 'The person is suspended in this enterprise.' }
  const grants = await grantsOf(tx, enterpriseId, person.id, person.role)
  return { role: roleOf(person.role), partnerLevel: levelOf(person.role, person.partnerLevel), scopes, grants, impersonator: null }
}

/** Who would call, as a call of theirs would be judged (identify.ts). */
async function subjectOf(tx: Transaction, enterpriseId: string, asked: Asked): Promise<Subject | Closed> {
  if (asked.api_key_id !== undefined) {
    const [key] = await tx
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.id, asked.api_key_id), eq(apiKeys.enterpriseId, enterpriseId)))
    if (!key) throw nothing('key')
    if (key.revokedAt) return { rule: 'ended', reason: 'The key was revoked.' }
    if (key.expiresAt && key.expiresAt <= new Date()) return { rule: 'ended', reason: 'The key has expired.' }
    return personSubject(tx, enterpriseId, key.personId, permissionsIn(key.scopes))
  }
  if (asked.client_id === undefined) return personSubject(tx, enterpriseId, asked.person_id ?? '', null)
  const [client] = await tx
    .select()
    .from(oauthClients)
    .where(and(eq(oauthClients.id, asked.client_id), eq(oauthClients.enterpriseId, enterpriseId)))
  if (!client) throw nothing('client')
  const scopes = permissionsIn(client.scopes)
  const grantType = asked.person_id === undefined ? 'client_credentials' : 'authorization_code'
  if (!client.grantTypes.includes(grantType))
    return { rule: 'ended', reason: `The client is not registered for ${grantType}, so it gets no token for this.` }
  if (asked.person_id !== undefined) return personSubject(tx, enterpriseId, asked.person_id, scopes)
  const grants = await grantsOf(tx, enterpriseId, client.id, client.role)
  return { role: roleOf(client.role), partnerLevel: null, scopes, grants, impersonator: null }
}

export const explainAccess = identityOperation
  .meta({ permission: 'access.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/auth/access/decision',
    summary: 'Whether a person, an API key or an OAuth client may call an operation, on a resource where one is named, and which rule says so',
    tags: ['access'],
  })
  .input(question)
  .output(answer)
  .handler(async ({ input, context: { tx, caller, services } }) => {
    const route = services.operations().find(({ name }) => name === input.operation)
    if (!route?.meta.permission) throw problem('not_found', 'There is no such operation.', [{ pointer: '/operation', detail: 'unknown' }])
    const subject = await subjectOf(tx, caller.enterpriseId, input)
    const { permission, resource } = route.meta
    if (permission === 'public') return { allowed: true, rule: 'public' as const, reason: 'Everybody may call this.', permission, grant_id: null }
    if ('rule' in subject) return { allowed: false, ...subject, permission, grant_id: null }
    const { allowed, rule, reason, grantId } = decideCall(subject, { permission, resource }, input.resource_id ?? null)
    return { allowed, rule, reason, permission, grant_id: grantId }
  })
