import { describe, it } from 'vitest'
import { testOn, withoutPostgres } from './postgres.ts'

// The suites of the knowledge core and of whole installations, which stand beside their code, once more on a PostgreSQL server.
const suites = {
  knowledge: () => import('../neural/knowledge/knowledge.test.ts'),
  'lexical index': () => import('../neural/lexical/lexical-index.test.ts'),
  ranking: () => import('../neural/ranking/rank.test.ts'),
  'vector search': () => import('../neural/vectors/search.test.ts'),
  answers: () => import('../neural/process.test.ts'),
  'durable jobs': () => import('../jobs/operations.test.ts'),
  'sign-in': () => import('../auth/sign-in.test.ts'),
  webhooks: () => import('../webhooks/webhooks.test.ts'),
}

testOn('postgres')
for (const [name, load] of Object.entries(suites)) {
  // biome-ignore lint/correctness/usePlaywrightValidDescribeCallback: vitest waits for it, and keeps the suite's hooks inside
  describe(`${name} on PostgreSQL`, async () => {
    if (withoutPostgres) it('passes', (context) => context.skip(withoutPostgres ?? ''))
    else await load()
  })
}
