import { targetList } from './contract.ts'
import { longOperation, noInput } from './operation.ts'

export const targets = longOperation
  .meta({ permission: 'limits.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/gateway/targets',
    summary: 'Outside endpoints that the operator has named, and whether they answer',
    tags: ['gateway'],
  })
  .input(noInput)
  .output(targetList)
  .handler(async ({ context: { services } }) => ({
    items: services.outbound.targets().map(({ target, state, calls, failures, lastFailureAt }) => ({
      target,
      state,
      calls,
      failures,
      last_failure_at: lastFailureAt?.toISOString() ?? null,
    })),
  }))
