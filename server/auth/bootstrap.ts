import { eq, sql } from 'drizzle-orm'
import { enterprises } from '../enterprise/index.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { generatePassword, hashPassword } from './passwords.ts'
import { memberships, people } from './tables.ts'

// Any number will do that nothing else on the database takes.
const bootstrapLock = 4_013_713_014

/** The oldest enterprise that has a member. */
async function firstEnterprise(tx: Transaction): Promise<string | null> {
  const [first] = await tx
    .select({ id: enterprises.id })
    .from(enterprises)
    .innerJoin(memberships, eq(memberships.enterpriseId, enterprises.id))
    .orderBy(enterprises.createdAt)
    .limit(1)
  return first?.id ?? null
}

/** On a new installation: the first enterprise (fortune_500) and its owner. Later starts change nothing. */
export async function bootstrap({
  database,
  env,
}: Pick<Services, 'database' | 'env'>): Promise<{ enterpriseId: string; created: { email: string; password: string | null } | null }> {
  const known = await database.identity(firstEnterprise)
  if (known) return { enterpriseId: known, created: null }
  const password = env.admin.password ?? generatePassword()
  const passwordHash = await hashPassword(password)
  return database.identity(async (tx) => {
    // Several processes may start at once: the others find what the first one made.
    await tx.execute(sql`select pg_advisory_xact_lock(${bootstrapLock})`)
    const made = await firstEnterprise(tx)
    if (made) return { enterpriseId: made, created: null }
    const [enterprise] = await tx.insert(enterprises).values({ name: 'This installation', tier: 'fortune_500' }).returning({ id: enterprises.id })
    const [person] = await tx.insert(people).values({ email: env.admin.email, name: 'Administrator', passwordHash }).returning({ id: people.id })
    if (!enterprise || !person) throw new Error('The first enterprise could not be stored.')
    await tx.insert(memberships).values({ enterpriseId: enterprise.id, personId: person.id, role: 'owner' })
    return { enterpriseId: enterprise.id, created: { email: env.admin.email, password: env.admin.password ? null : password } }
  })
}
