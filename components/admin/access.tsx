'use client'
import { useQuery } from '@tanstack/react-query'
import { type client, orpc } from '@/components/api/client'
import { PageHead, Panel } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { AccessGrants } from './access-grants'
import { AccessMatrix } from './access-matrix'
import { AccessWhy } from './access-why'

export type Matrix = Awaited<ReturnType<typeof client.auth.accessMatrix>>

/** Admin > Access: who may do what, and why. */
export function AccessPage() {
  const query = useQuery(orpc.auth.accessMatrix.queryOptions({ input: {}, staleTime: 300_000 }))
  return (
    <div className="flex flex-col gap-8">
      <div>
        <PageHead title="Access">
          What is not allowed by a role, a partner’s level or a grant is refused. Everything here is read from the rules that decide.
        </PageHead>
        {query.error && !query.data ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The rules could not be loaded" />
        ) : !query.data ? (
          <Panel>
            <SkeletonRows rows={3} label="Loading the rules" />
          </Panel>
        ) : (
          <AccessWhy matrix={query.data} />
        )}
      </div>
      {query.data && <AccessGrants matrix={query.data} />}
      {query.data && <AccessMatrix matrix={query.data} />}
    </div>
  )
}
