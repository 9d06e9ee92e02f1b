import { inArray } from 'drizzle-orm'
import { people } from '../auth/tables.ts'
import { limitUse } from './contract.ts'
import { callsPerHour, failedLoginsPerHour } from './limits.ts'
import { longOperation, noInput } from './operation.ts'

const policies = [
  ...Object.entries(callsPerHour).map(([name, calls]) => ({
    name,
    per_hour: calls,
    counts: name === 'anonymous' ? 'calls of one address to one operation, without signing in' : `calls of one caller to one operation, tier ${name}`,
  })),
  { name: 'login', per_hour: failedLoginsPerHour.address, counts: 'failed sign-ins from one address' },
  { name: 'account', per_hour: failedLoginsPerHour.account, counts: 'failed sign-ins to one account' },
]

export const limits = longOperation
  .meta({ permission: 'limits.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/gateway/limits', summary: 'What the callers of your enterprise have used of their limits', tags: ['gateway'] })
  .input(noInput)
  .output(limitUse)
  .handler(async ({ context: { caller, services } }) => {
    const used = (await services.limits.use(caller.enterpriseId)).sort((a, b) => b.used - a.used || a.endpoint.localeCompare(b.endpoint))
    const ids = [...new Set(used.map(({ personId }) => personId))]
    const named = await services.database.identity((tx) =>
      tx.select({ id: people.id, name: people.name, email: people.email }).from(people).where(inArray(people.id, ids)),
    )
    const names = new Map(named.map((person) => [person.id, person]))
    const limit = callsPerHour[caller.tier]
    return {
      tier: caller.tier,
      calls_per_hour: limit,
      store: services.limits.store(),
      policies,
      items: used.map(({ personId, endpoint, used: calls }) => {
        const person = names.get(personId)
        return { caller: { id: personId, name: person?.name ?? null, email: person?.email ?? null }, operation: endpoint, used: calls, limit }
      }),
    }
  })
