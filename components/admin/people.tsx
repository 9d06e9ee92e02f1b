'use client'
import { Button, IconButton, Menu, MenuItem, Tooltip } from '@mui/material'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { EllipsisVertical, UserPlus, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { FilterField } from '@/components/ui/filter-field'
import { humanise, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { ImpersonateDialog } from './people-impersonate'
import { Invitations } from './people-invitations'
import { InviteDialog } from './people-invite'
import { RemoveDialog } from './people-remove'
import { RoleDialog } from './people-role'

export type Member = Awaited<ReturnType<typeof client.auth.listPeople>>['items'][number]

/** Admin > People and roles: who belongs to the enterprise, as what, and the ways in and out. */
export function PeoplePage() {
  const { params, change } = useUrlState()
  const q = params.get('q') ?? ''
  const { data: profile } = useProfile()
  const [inviting, setInviting] = useState(false)
  const query = useInfiniteQuery(
    orpc.auth.listPeople.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: 50, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  )
  const people = query.data?.pages.flatMap((page) => page.items) ?? []
  const total = query.data?.pages[0]?.total ?? 0
  const manages = profile?.permissions.includes('people.manage') ?? false
  return (
    <>
      <PageHead
        title="People and roles"
        actions={
          manages && (
            <Button variant="contained" startIcon={<UserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
              Invite
            </Button>
          )
        }
      >
        Who belongs to {profile?.enterprise.name ?? 'this enterprise'}, and as what.
      </PageHead>
      <div className="mb-3">
        <FilterField label="Filter by name or address" value={q} onChange={(value) => change({ q: value || null }, { replace: true })} />
      </div>
      {query.error && people.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The people could not be loaded" />
      ) : query.isPending ? (
        <Panel>
          <SkeletonRows rows={4} height={60} label="Loading people" />
        </Panel>
      ) : people.length === 0 ? (
        <Panel>
          <EmptyState
            icon={<UsersRound size={24} />}
            title={q ? 'Nobody matches' : 'Nobody here yet'}
            action={
              q ? (
                <Button variant="outlined" onClick={() => change({ q: null })}>
                  Clear the filter
                </Button>
              ) : undefined
            }
          />
        </Panel>
      ) : (
        <Panel>
          <ul className="divide-y divide-line">
            {people.map((person) => (
              <PersonRow
                key={person.id}
                person={person}
                manages={manages}
                impersonates={profile?.permissions.includes('people.impersonate') ?? false}
                self={person.id === profile?.person.id}
              />
            ))}
          </ul>
        </Panel>
      )}
      <p role="status" className="mt-2 flex items-center gap-3 text-xs text-quiet">
        {query.data && `${people.length < total ? `${people.length} of ` : ''}${plural(total, 'person', 'people')}`}
        {query.hasNextPage && (
          <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
            Show more
          </Button>
        )}
      </p>
      <Invitations manages={manages} />
      <InviteDialog open={inviting} close={() => setInviting(false)} />
    </>
  )
}

function PersonRow({ person, manages, impersonates, self }: { person: Member; manages: boolean; impersonates: boolean; self: boolean }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [dialog, setDialog] = useState<'role' | 'remove' | 'impersonate' | null>(null)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const suspended = person.state === 'suspended'
  const toggle = useMutation({
    mutationFn: () => (suspended ? client.auth.resumePerson({ id: person.id }) : client.auth.suspendPerson({ id: person.id })),
    onSuccess: () => {
      notices.say(suspended ? `${person.name} can sign in again.` : `${person.name} is locked out; all sessions have ended.`)
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
    },
    onError: (error) => notices.fail('Nothing was changed.', error),
  })
  const choose = (run: () => void) => () => {
    setAnchor(null)
    run()
  }
  return (
    <li className="flex min-h-15 items-center gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 grow">
        <p className="truncate font-medium">
          {person.name} {self && <span className="font-normal text-quiet">(you)</span>}
        </p>
        <p className="truncate text-xs text-quiet">{person.email}</p>
      </div>
      <span className="hidden text-right text-xs text-quiet @2xl:block">
        {person.last_sign_in_at ? (
          <>
            signed in <Ago at={person.last_sign_in_at} />
          </>
        ) : (
          'never signed in'
        )}
      </span>
      <span className="flex shrink-0 flex-wrap justify-end gap-1">
        {suspended && <Badge tone="attention">Suspended</Badge>}
        <Badge tone={person.role === 'owner' || person.role === 'admin' ? 'info' : 'idle'}>
          {humanise(person.role)}
          {person.partner_level && `, ${person.partner_level}`}
        </Badge>
      </span>
      {manages && (
        <>
          <Tooltip title="Change">
            <IconButton aria-label={`Change ${person.name}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
              <EllipsisVertical size={16} />
            </IconButton>
          </Tooltip>
          <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
            <MenuItem onClick={choose(() => setDialog('role'))}>Change role</MenuItem>
            {!self && <MenuItem onClick={choose(() => toggle.mutate())}>{suspended ? 'Let in again' : 'Suspend'}</MenuItem>}
            {!self && impersonates && !suspended && <MenuItem onClick={choose(() => setDialog('impersonate'))}>Act under this name</MenuItem>}
            {!self && <MenuItem onClick={choose(() => setDialog('remove'))}>Remove from this enterprise</MenuItem>}
          </Menu>
          <RoleDialog person={dialog === 'role' ? person : null} close={() => setDialog(null)} />
          <ImpersonateDialog person={dialog === 'impersonate' ? person : null} close={() => setDialog(null)} />
          <RemoveDialog person={dialog === 'remove' ? person : null} close={() => setDialog(null)} />
        </>
      )}
    </li>
  )
}
