'use client'
import { Button } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { FilterField } from '@/components/ui/filter-field'
import { Panel, SectionTitle } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { ConfirmDialog } from './confirm-dialog'
import { useSecured } from './use-secured'
import { programOf } from './user-agent'

type Session = Awaited<ReturnType<typeof client.auth.listSessions>>['items'][number]

/** Who is signed in where: the own sessions, or those of everybody in the enterprise. */
export function SessionList({ of }: { of: 'me' | 'enterprise' }) {
  const [filter, setFilter] = useState('')
  const [ending, setEnding] = useState<Session | 'others' | null>(null)
  const query = useQuery(orpc.auth.listSessions.queryOptions({ input: { of }, refetchInterval: 30_000 }))
  const all = query.data?.items ?? []
  const shown = all.filter(({ person }) => `${person.name} ${person.email}`.toLowerCase().includes(filter.toLowerCase()))
  const says = { done: 'The session has ended.', failed: 'The session goes on.', onDone: () => setEnding(null) }
  const end = useSecured((input: { id: string }) => client.auth.revokeSession(input), says)
  const endOthers = useSecured(() => client.auth.endOtherSessions({}), { ...says, done: 'Your other sessions have ended.' })
  return (
    <section aria-label="Sessions">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        {of === 'me' ? <SectionTitle>Sessions</SectionTitle> : <FilterField label="Filter by name or address" value={filter} onChange={setFilter} />}
        {of === 'me' && all.length > 1 && (
          <Button variant="outlined" onClick={() => setEnding('others')}>
            End all others
          </Button>
        )}
      </div>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The sessions could not be loaded" />
      ) : (
        <Panel>
          {query.isPending ? (
            <SkeletonRows rows={3} height={60} label="Loading sessions" />
          ) : shown.length === 0 ? (
            <EmptyState icon={<MonitorSmartphone size={24} />} title={filter ? 'Nobody matches' : 'Nobody is signed in'} />
          ) : (
            <ul className="divide-y divide-line">
              {shown.map((session) => (
                <Row key={session.id} session={session} named={of === 'enterprise'} end={() => setEnding(session)} />
              ))}
            </ul>
          )}
        </Panel>
      )}
      <ConfirmDialog
        open={ending !== null}
        title={ending === 'others' ? 'End all your other sessions?' : ending?.current ? 'End this session?' : 'End the session?'}
        action="End"
        busy={end.isPending || endOthers.isPending}
        close={() => setEnding(null)}
        confirm={() => (ending === 'others' ? endOthers.mutate(undefined) : ending && end.mutate({ id: ending.id }))}
      >
        {ending === 'others'
          ? 'Every other browser and program that is signed in as you must sign in again.'
          : ending?.current
            ? 'It is the one you use now: you will have to sign in again.'
            : `${ending?.person.name ?? ''} must sign in again on ${programOf(ending?.user_agent ?? null)}.`}
      </ConfirmDialog>
    </section>
  )
}

function Row({ session, named, end }: { session: Session; named: boolean; end: () => void }) {
  const program = programOf(session.user_agent)
  return (
    <li className="flex min-h-15 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 grow basis-56">
        <p className="truncate font-medium">
          {named ? session.person.name : program} {session.current && <span className="font-normal text-quiet">(this one)</span>}
        </p>
        <p className="truncate text-xs text-quiet">
          {named && `${session.person.email} · ${program} · `}
          {session.address ?? 'unknown address'}
        </p>
      </div>
      <span className="text-xs text-quiet">
        seen <Ago at={session.last_seen_at} />, since <Ago at={session.created_at} />
      </span>
      <Badge tone={session.acr === 'aal2' ? 'ok' : 'idle'}>{session.acr === 'aal2' ? 'Two factors' : 'One factor'}</Badge>
      <Button onClick={end} aria-label={`End the session of ${session.person.name} on ${program}`}>
        End
      </Button>
    </li>
  )
}
