import { and, asc, eq, sql } from 'drizzle-orm'
import { enterprises } from '../../enterprise/index.ts'
import { expireExportsAbout } from '../../gateway/exports.ts'
import type { PersonHere } from '../../gateway/personal-data.ts'
import { destroyPersonalKey } from '../../gateway/personal-keys.ts'
import type { Services } from '../../gateway/services.ts'
import { idempotencyKeys } from '../../gateway/tables.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { keepAnOwner, memberOf } from '../people/member.ts'
import { forgetFailures } from '../sign-in-failures.ts'
import { apiKeys, externalIdentities, invitations, memberships, passkeys, people, resourceGrants, sessions, totpFactors } from '../tables.ts'
import { erasureJobName } from './job.ts'

/** Enterprises a person belongs to. */
export const enterprisesOf = (tx: Transaction, personId: string) =>
  tx
    .select({ id: enterprises.id, name: enterprises.name, role: memberships.role, joinedAt: memberships.createdAt })
    .from(memberships)
    .innerJoin(enterprises, eq(enterprises.id, memberships.enterpriseId))
    .where(eq(memberships.personId, personId))
    .orderBy(asc(memberships.createdAt))

/** What identity tables hold about a person, without hashes and secrets; `enterpriseId` leaves out what belongs to others. */
export async function accountData(tx: Transaction, personId: string, enterpriseId: string | null) {
  const [person] = await tx
    .select({ id: people.id, email: people.email, name: people.name, created_at: people.createdAt })
    .from(people)
    .where(eq(people.id, personId))
  const here = <T extends { enterpriseId: string }>(rows: T[]) => rows.filter((row) => enterpriseId === null || row.enterpriseId === enterpriseId)
  const member = (await enterprisesOf(tx, personId)).filter(({ id }) => enterpriseId === null || id === enterpriseId)
  const signIns = await tx
    .select({
      enterpriseId: sessions.enterpriseId,
      began: sessions.createdAt,
      last_seen: sessions.lastSeenAt,
      ended: sessions.revokedAt,
      address: sessions.address,
      program: sessions.userAgent,
    })
    .from(sessions)
    .where(eq(sessions.personId, personId))
    .orderBy(asc(sessions.createdAt))
  const keys = await tx
    .select({ enterpriseId: apiKeys.enterpriseId, name: apiKeys.name, created_at: apiKeys.createdAt, last_used_at: apiKeys.lastUsedAt })
    .from(apiKeys)
    .where(eq(apiKeys.personId, personId))
  const devices = await tx.select({ name: passkeys.name, created_at: passkeys.createdAt }).from(passkeys).where(eq(passkeys.personId, personId))
  const generators = await tx.select({ created_at: totpFactors.createdAt }).from(totpFactors).where(eq(totpFactors.personId, personId))
  const grants = await tx
    .select({
      enterpriseId: resourceGrants.enterpriseId,
      permission: resourceGrants.permission,
      resource: resourceGrants.resourceId,
      given_at: resourceGrants.createdAt,
    })
    .from(resourceGrants)
    .where(eq(resourceGrants.personId, personId))
  const outside = await tx
    .select({ enterpriseId: externalIdentities.enterpriseId, provider: externalIdentities.issuer, name_there: externalIdentities.subject })
    .from(externalIdentities)
    .where(eq(externalIdentities.personId, personId))
  return {
    person: person ?? null,
    parts: {
      Account: person ? [person] : [],
      Enterprises: member.map(({ name, role, joinedAt }) => ({ name, role, joined_at: joinedAt })),
      'Sign-ins': here(signIns),
      'API keys': here(keys),
      'Accounts elsewhere': here(outside),
      // Belong to the person, not to an enterprise.
      Passkeys: enterpriseId === null ? devices : [],
      'Code generators': enterpriseId === null ? generators : [],
      'Access to single resources': here(grants),
    } as Record<string, Record<string, unknown>[]>,
  }
}

/**
 * Erases a person from one enterprise: membership, sign-ins, keys and invitations, the key of its personal values in the audit log, and,
 * by a job that runs if and only if this commits, what other modules hold. An account that belongs nowhere any more goes too.
 * @throws problem not_found for somebody who is not a member, conflict for the last owner
 */
export async function eraseFrom(tx: Transaction, services: Services, { personId, enterpriseId }: PersonHere): Promise<{ accountGone: boolean }> {
  const member = await memberOf(tx, enterpriseId, personId)
  if (member.role === 'owner') await keepAnOwner(tx, enterpriseId, personId)
  const mine = <T extends typeof sessions | typeof apiKeys | typeof externalIdentities | typeof memberships | typeof resourceGrants>(table: T) =>
    and(eq(table.enterpriseId, enterpriseId), eq(table.personId, personId))
  // Sessions are deleted, not only ended: they hold addresses. Their tokens go with them.
  await tx.delete(sessions).where(mine(sessions))
  await tx.delete(apiKeys).where(mine(apiKeys))
  await tx.delete(resourceGrants).where(mine(resourceGrants))
  await tx.delete(externalIdentities).where(mine(externalIdentities))
  await tx.delete(memberships).where(mine(memberships))
  await tx.delete(invitations).where(and(eq(invitations.enterpriseId, enterpriseId), sql`lower(${invitations.email}) = lower(${member.email})`))
  await tx.delete(idempotencyKeys).where(and(eq(idempotencyKeys.enterpriseId, enterpriseId), eq(idempotencyKeys.caller, personId)))
  await destroyPersonalKey(tx, enterpriseId, personId)
  await expireExportsAbout(tx, { personId, enterpriseId })
  await services.jobs.start(tx, enterpriseId, { name: erasureJobName, input: { enterpriseId, personId } })
  if ((await enterprisesOf(tx, personId)).length > 0) return { accountGone: false }
  await forgetFailures(tx, member.email)
  await tx.delete(people).where(eq(people.id, personId))
  return { accountGone: true }
}
