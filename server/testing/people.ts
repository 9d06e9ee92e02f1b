import { randomUUID } from 'node:crypto'
import { hashPassword } from '../auth/passwords.ts'
import { memberships, people } from '../auth/tables.ts'
import type { Role } from '../gateway/permissions.ts'
import { freshEnterprise } from './database.ts'
import type { TestInstallation } from './runtime.ts'

export const testPassword = 'mauve otter gravel 81'
let hash: Promise<string> | undefined

/** A person with a role in an enterprise of its own (or a given one) of a test installation, who can sign in. */
export async function newPerson(
  aia: TestInstallation,
  role: Role = 'owner',
  enterpriseId?: string,
): Promise<{ id: string; email: string; enterpriseId: string; login(more?: object): Promise<Response>; token(more?: object): Promise<string> }> {
  const { database } = aia.runtime.services
  hash ??= hashPassword(testPassword)
  const passwordHash = await hash
  const enterprise = enterpriseId ?? (await freshEnterprise(database as Parameters<typeof freshEnterprise>[0]))
  const id = randomUUID()
  const email = `person-${id.slice(0, 8)}@example.com`
  await database.identity(async (tx) => {
    await tx.insert(people).values({ id, email, name: `Person ${id.slice(0, 8)}`, passwordHash })
    await tx.insert(memberships).values({ personId: id, enterpriseId: enterprise, role })
  })
  const login = (more: object = {}) => aia.call('POST', 'auth/login', { email, password: testPassword, ...more }, { token: null })
  return {
    id,
    email,
    enterpriseId: enterprise,
    login,
    async token(more = {}) {
      const response = await login(more)
      if (response.status !== 200) throw new Error(`Signing in answered ${response.status}: ${await response.text()}`)
      return ((await response.json()) as { access_token: string }).access_token
    },
  }
}
