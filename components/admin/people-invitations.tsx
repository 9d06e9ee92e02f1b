'use client'
import { Button } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

/** Links that were made and not used yet. */
export function Invitations({ manages }: { manages: boolean }) {
  const query = useQuery(orpc.auth.listInvitations.queryOptions({ input: {} }))
  const queryClient = useQueryClient()
  const notices = useNotices()
  const withdraw = useMutation({
    mutationFn: (id: string) => client.auth.withdrawInvitation({ id }),
    onSuccess: () => {
      notices.say('The link does not work any more.')
      void queryClient.invalidateQueries({ queryKey: orpc.auth.listInvitations.key() })
    },
    onError: (error) => notices.fail('The invitation stands.', error),
  })
  const items = query.data?.items ?? []
  return (
    <section aria-label="Open invitations" className="mt-8">
      <SectionTitle>Open invitations</SectionTitle>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The invitations could not be loaded" />
      ) : query.isPending ? (
        <Panel>
          <SkeletonRows rows={1} height={52} />
        </Panel>
      ) : items.length === 0 ? (
        <p className="text-quiet">None. Whoever was invited has joined, or nobody was.</p>
      ) : (
        <Panel>
          <ul className="divide-y divide-line">
            {items.map((item) => (
              <li key={item.id} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-1.5">
                <span className="min-w-0 grow truncate font-medium">{item.email}</span>
                <span className="text-xs text-quiet">
                  {item.expired ? 'expired' : 'expires'} <Ago at={item.expires_at} />
                </span>
                <Badge tone={item.expired ? 'attention' : 'idle'}>
                  {humanise(item.role)}
                  {item.partner_level && `, ${item.partner_level}`}
                </Badge>
                {manages && (
                  <Button onClick={() => withdraw.mutate(item.id)} aria-label={`Withdraw the invitation of ${item.email}`}>
                    Withdraw
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </section>
  )
}
