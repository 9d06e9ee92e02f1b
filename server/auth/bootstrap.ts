import { eq } from 'drizzle-orm'
import { enterprises } from '../enterprise/index.ts'
import type { Services } from '../gateway/services.ts'
import { generatePassword, hashPassword } from './passwords.ts'
import { memberships, people } from './tables.ts'

/** On a new installation: the first enterprise (fortune_500) and its owner. Later starts change nothing. */
export async function bootstrap({
  database,
  env,
}: Pick<Services, 'database' | 'env'>): Promise<{ enterpriseId: string; created: { email: string; password: string | null } | null }> {
  const [first] = await database.identity((tx) => tx.select({ id: enterprises.id }).from(enterprises).orderBy(enterprises.createdAt).limit(1))
  const owner = first && (await database.identity((tx) => tx.select().from(memberships).where(eq(memberships.enterpriseId, first.id)).limit(1)))
  if (first && owner?.length) return { enterpriseId: first.id, created: null }
  const password = env.admin.password ?? generatePassword()
  const passwordHash = await hashPassword(password)
  const enterpriseId = await database.identity(async (tx) => {
    const [enterprise] = await tx.insert(enterprises).values({ name: 'This installation', tier: 'fortune_500' }).returning({ id: enterprises.id })
    const [person] = await tx.insert(people).values({ email: env.admin.email, name: 'Administrator', passwordHash }).returning({ id: people.id })
    if (!enterprise || !person) throw new Error('The first enterprise could not be stored.')
    await tx.insert(memberships).values({ enterpriseId: enterprise.id, personId: person.id, role: 'owner' })
    return enterprise.id
  })
  return { enterpriseId, created: { email: env.admin.email, password: env.admin.password ? null : password } }
}
