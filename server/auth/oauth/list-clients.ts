import { asc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { oauthClients } from '../tables.ts'
import { client, clientView } from './client-shapes.ts'

export const listClients = identityOperation
  .meta({ permission: 'clients.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/clients', summary: 'Programs that may sign people in or act for themselves', tags: ['clients'] })
  .input(noInput)
  .output(z.object({ items: z.array(client), issuer: z.string() }))
  .handler(async ({ context: { tx, caller, services } }) => {
    const rows = await tx
      .select()
      .from(oauthClients)
      .where(eq(oauthClients.enterpriseId, caller.enterpriseId))
      .orderBy(asc(oauthClients.name))
      .limit(500)
    return { items: rows.map(clientView), issuer: services.env.publicUrl }
  })
