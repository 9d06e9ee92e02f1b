import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { oauthClients } from '../tables.ts'
import { clientInput, clientView } from './client-shapes.ts'

export const deleteClient = identityOperation
  .meta({ permission: 'clients.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({ method: 'DELETE', path: '/v1/auth/clients/{id}', summary: 'Forget a program; its tokens stop at once', tags: ['clients'] })
  .input(clientInput)
  .output(z.object({ id: z.uuid() }))
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [gone] = await tx
      .delete(oauthClients)
      .where(and(eq(oauthClients.enterpriseId, caller.enterpriseId), eq(oauthClients.id, input.id)))
      .returning()
    if (!gone) throw problem('not_found', 'There is no such client.')
    audit({ target: gone.id, before: clientView(gone) })
    return { id: gone.id }
  })
