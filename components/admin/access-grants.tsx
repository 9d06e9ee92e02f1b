'use client'
import { Button, IconButton, Tooltip } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { Panel, SectionTitle } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import type { Matrix } from './access'
import { GrantDialog } from './access-grant'

type Grant = Awaited<ReturnType<typeof client.auth.listGrants>>['items'][number]

/** Single resources opened to people and roles. */
export function AccessGrants({ matrix }: { matrix: Matrix }) {
  const query = useQuery(orpc.auth.listGrants.queryOptions({ input: {} }))
  const { data: profile } = useProfile()
  const manages = profile?.permissions.includes('access.manage') ?? false
  const [adding, setAdding] = useState(false)
  const items = query.data?.items ?? []
  return (
    <section aria-label="Grants">
      <SectionTitle
        aside={
          manages && (
            <Button variant="outlined" onClick={() => setAdding(true)}>
              Open a resource
            </Button>
          )
        }
      >
        Grants on single resources
      </SectionTitle>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The grants could not be loaded" />
      ) : query.isPending ? (
        <Panel>
          <SkeletonRows rows={2} height={56} label="Loading grants" />
        </Panel>
      ) : items.length === 0 ? (
        <Panel>
          <EmptyState icon={<KeyRound size={24} />} title="No single resource is opened">
            A grant lets a person or a role read one source, without the rest.
          </EmptyState>
        </Panel>
      ) : (
        <Panel>
          <ul className="divide-y divide-line">
            {items.map((grant) => (
              <GrantRow key={grant.id} grant={grant} manages={manages} />
            ))}
          </ul>
        </Panel>
      )}
      <GrantDialog open={adding} close={() => setAdding(false)} matrix={matrix} />
    </section>
  )
}

function GrantRow({ grant, manages }: { grant: Grant; manages: boolean }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const source = useQuery({
    ...orpc.neural.getSource.queryOptions({ input: { id: grant.resource_id }, staleTime: 60_000, retry: false }),
    enabled: grant.kind === 'source',
  })
  const what = grant.kind === 'source' ? (source.data?.title ?? (source.error ? 'a source that was deleted' : '…')) : grant.resource_id
  const close = useMutation({
    mutationFn: () => client.auth.revokeGrant({ id: grant.id }),
    onSuccess: () => {
      const again = {
        kind: grant.kind,
        resource_id: grant.resource_id,
        permission: grant.permission,
        ...(grant.person ? { person_id: grant.person.id } : {}),
        ...(grant.role ? { role: grant.role } : {}),
        ...(grant.expires_at ? { expires_at: grant.expires_at } : {}),
      }
      const restore = () =>
        void client.auth
          .grantAccess(again)
          .then(() => queryClient.invalidateQueries({ queryKey: orpc.auth.key() }))
          .catch((error: unknown) => notices.fail('It stays closed.', error))
      notices.say('Closed again.', grant.expired ? undefined : { label: 'Undo', run: restore })
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
    },
    onError: (error) => notices.fail('It stays open.', error),
  })
  return (
    <li className="flex min-h-14 items-center gap-x-4 px-3 py-2">
      <div className="min-w-0 grow">
        <p className="truncate font-medium">{what}</p>
        <p className="truncate text-xs text-quiet">
          {grant.person ? `${grant.person.name} (${grant.person.email})` : `Everybody with the role ${humanise(grant.role ?? '').toLowerCase()}`}
        </p>
      </div>
      <span className="flex shrink-0 flex-col items-end gap-1 text-xs text-quiet">
        <Badge tone={grant.expired ? 'attention' : 'info'}>{grant.permission}</Badge>
        {grant.expires_at ? (
          <span>
            {grant.expired ? 'expired' : 'until'} <Ago at={grant.expires_at} />
          </span>
        ) : (
          'for good'
        )}
      </span>
      {manages && (
        <Tooltip title="Close it">
          <IconButton aria-label={`Close ${what}`} onClick={() => close.mutate()}>
            <Trash2 size={16} />
          </IconButton>
        </Tooltip>
      )}
    </li>
  )
}
