import { noInput, operation } from '../gateway/operation.ts'
import { aggregatesOf, catalogue } from './catalogue.ts'
import { metricList } from './contract.ts'

export const listMetrics = operation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/analytics/metrics', summary: 'What is measured, with its definition', tags: ['analytics'] })
  .input(noInput)
  .output(metricList)
  .handler(async () => ({
    items: catalogue.map(({ kind, tags, ...described }) => ({ ...described, aggregates: [...aggregatesOf(kind)], tags: [...tags] })),
  }))
