import { and, eq, ne } from 'drizzle-orm'
import type { Transaction } from '../../storage/database/port.ts'
import { externalIdentities, type identityProviders, memberships, people } from '../tables.ts'

/** Why somebody whom a provider vouches for may not come in. */
export class Refused extends Error {
  constructor(readonly reason: 'domain' | 'unverified' | 'elsewhere' | 'stranger' | 'suspended') {
    super(reason)
  }
}

type Provider = typeof identityProviders.$inferSelect
interface Vouched {
  sub: string
  email: string
  email_verified?: boolean | undefined
  name?: string | undefined
}

/**
 * Who a subject of an enterprise's provider is here. The provider speaks for its enterprise only: an account that belongs to another
 * enterprise too is never taken by its address, or whoever runs one provider could enter the others.
 * @throws Refused
 */
export async function personOf(
  tx: Transaction,
  provider: Provider,
  claims: Vouched,
  unusablePasswordHash: string,
): Promise<{ personId: string; joined: boolean }> {
  const { enterpriseId, issuer } = provider
  const email = claims.email.trim().toLowerCase()
  if (claims.email_verified === false) throw new Refused('unverified')
  if (!provider.emailDomains.includes(email.slice(email.lastIndexOf('@') + 1))) throw new Refused('domain')
  const [known] = await tx
    .select({ personId: externalIdentities.personId })
    .from(externalIdentities)
    .where(and(eq(externalIdentities.enterpriseId, enterpriseId), eq(externalIdentities.issuer, issuer), eq(externalIdentities.subject, claims.sub)))
  const personId =
    known?.personId ?? (await byAddress(tx, provider, email)) ?? (await newPerson(tx, provider, { email, name: claims.name }, unusablePasswordHash))
  const joined = await membershipOf(tx, provider, personId)
  if (!known) await tx.insert(externalIdentities).values({ enterpriseId, issuer, subject: claims.sub, personId })
  return { personId, joined }
}

async function byAddress(tx: Transaction, { enterpriseId }: Provider, email: string): Promise<string | null> {
  const [person] = await tx.select({ id: people.id }).from(people).where(eq(people.email, email))
  if (!person) return null
  const [elsewhere] = await tx
    .select({ id: memberships.enterpriseId })
    .from(memberships)
    .where(and(eq(memberships.personId, person.id), ne(memberships.enterpriseId, enterpriseId)))
    .limit(1)
  if (elsewhere) throw new Refused('elsewhere')
  return person.id
}

async function newPerson(tx: Transaction, provider: Provider, { email, name }: { email: string; name?: string | undefined }, passwordHash: string) {
  if (!provider.joinsPeople) throw new Refused('stranger')
  const [made] = await tx
    .insert(people)
    .values({ email, name: name?.trim() || email, passwordHash })
    .returning({ id: people.id })
  if (!made) throw new Error('The person was not stored.')
  return made.id
}

/** Makes the person a member where the enterprise wants that; true when it did. */
async function membershipOf(tx: Transaction, { enterpriseId, joinsPeople, defaultRole }: Provider, personId: string): Promise<boolean> {
  const [membership] = await tx
    .select({ suspendedAt: memberships.suspendedAt })
    .from(memberships)
    .where(and(eq(memberships.personId, personId), eq(memberships.enterpriseId, enterpriseId)))
  if (membership?.suspendedAt) throw new Refused('suspended')
  if (membership) return false
  if (!joinsPeople) throw new Refused('stranger')
  await tx.insert(memberships).values({ enterpriseId, personId, role: defaultRole })
  return true
}
