import { asc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { enterprises } from '../../enterprise/index.ts'
import { publicOperation } from '../../gateway/operation.ts'
import { foldedEmail } from '../people/shapes.ts'
import { identityProviders } from '../tables.ts'

export const signInMethods = publicOperation
  .meta({ permission: 'public', limit: 'default', audit: 'reads' })
  .route({
    method: 'POST',
    path: '/v1/auth/sign-in-methods',
    summary: 'Providers by which addresses of this domain sign in; says nothing about accounts',
    tags: ['sign-in'],
  })
  .input(z.strictObject({ email: foldedEmail }))
  .output(z.object({ providers: z.array(z.object({ name: z.string(), enterprise: z.string(), start: z.string() })) }))
  .handler(async ({ input, context: { services } }) => {
    const domain = input.email.slice(input.email.lastIndexOf('@') + 1)
    const rows = await services.database.identity((tx) =>
      tx
        .select({ name: identityProviders.name, enterprise: enterprises.name, id: enterprises.id })
        .from(identityProviders)
        .innerJoin(enterprises, eq(enterprises.id, identityProviders.enterpriseId))
        .where(sql`${identityProviders.emailDomains} ? ${domain}`)
        .orderBy(asc(identityProviders.name))
        .limit(10),
    )
    return { providers: rows.map(({ name, enterprise, id }) => ({ name, enterprise, start: `/oauth/external/start?enterprise=${id}` })) }
  })
