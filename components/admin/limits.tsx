'use client'
import { Button } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { Gauge, PlugZap } from 'lucide-react'
import { type client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { Badge, type Tone } from '@/components/ui/badge'
import { FilterField } from '@/components/ui/filter-field'
import { formatNumber, humanise, plural } from '@/components/ui/format'
import { PageHead, Panel, SectionTitle } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'

type Limits = Awaited<ReturnType<typeof client.gateway.limits>>
type Target = Awaited<ReturnType<typeof client.gateway.targets>>['items'][number]

const refetchInterval = 10_000

/** Admin > Limits: who has used how much of which limit within the last hour, the rules, and the endpoints outside. */
export function LimitsPage() {
  const { params, change } = useUrlState()
  const q = params.get('q') ?? ''
  const query = useQuery(orpc.gateway.limits.queryOptions({ input: {}, refetchInterval }))
  const wanted = q.trim().toLowerCase()
  const shown =
    query.data?.items.filter(({ caller, operation }) => `${caller.name} ${caller.email} ${operation}`.toLowerCase().includes(wanted)) ?? []
  return (
    <>
      <PageHead title="Limits">
        Calls within the last 60 minutes, by caller and operation. The hour slides: what was used an hour ago is free again.
      </PageHead>
      <div className="mb-3">
        <FilterField label="Filter by caller or operation" value={q} onChange={(value) => change({ q: value || null }, { replace: true })} />
      </div>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The limits could not be loaded" />
      ) : !query.data ? (
        <Panel>
          <SkeletonRows rows={5} label="Loading the limits" />
        </Panel>
      ) : shown.length === 0 ? (
        <Panel>
          <EmptyState
            icon={<Gauge size={24} />}
            title={q ? 'Nothing matches' : 'Nobody has called within the last hour'}
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
            {shown.map((use) => (
              <UseRow key={`${use.caller.id} ${use.operation}`} use={use} />
            ))}
          </ul>
        </Panel>
      )}
      {query.data && (
        <p role="status" className="mt-2 mb-6 text-xs text-quiet">
          {plural(shown.length, 'caller and operation', 'callers and operations')} · your tier is {humanise(query.data.tier)}:{' '}
          {formatNumber(query.data.calls_per_hour)} calls an hour each · {countedWhere(query.data.store)}
        </p>
      )}
      {query.data && <Rules policies={query.data.policies} />}
      <Targets />
    </>
  )
}

function countedWhere({ adapter, away }: Limits['store']): string {
  if (adapter === 'memory') return 'counted in this process'
  return away ? 'Redis is away: counted in this process until it is back' : 'counted in Redis, for all processes together'
}

function UseRow({ use }: { use: Limits['items'][number] }) {
  const share = Math.min(1, use.used / use.limit)
  const tone = share >= 1 ? 'bg-danger' : share >= 0.8 ? 'bg-attention' : 'bg-accent'
  const who = use.caller.name ?? use.caller.id
  return (
    <li className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 grow basis-56">
        <p className="truncate font-medium">{who}</p>
        <p className="truncate font-mono text-xs text-quiet">{use.operation}</p>
      </div>
      {/* The numbers beside it say the same. */}
      <div aria-hidden className="h-1.5 w-32 overflow-hidden rounded-full bg-raised">
        <div className={`h-full ${tone}`} style={{ width: `${Math.max(2, 100 * share)}%` }} />
      </div>
      <p className="w-36 text-right tabular-nums">
        {formatNumber(use.used)} <span className="text-quiet">of {formatNumber(use.limit)}</span>
      </p>
    </li>
  )
}

function Rules({ policies }: { policies: Limits['policies'] }) {
  return (
    <section className="mb-6">
      <SectionTitle aside="Sent as RateLimit-Policy with every answer">Rules</SectionTitle>
      <Panel>
        <ul className="divide-y divide-line">
          {policies.map((policy) => (
            <li key={policy.name} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-3 py-2">
              <span className="w-32 font-mono text-xs">{policy.name}</span>
              <span className="grow text-quiet">{policy.counts}</span>
              <span className="tabular-nums">{formatNumber(policy.per_hour)} an hour</span>
            </li>
          ))}
        </ul>
      </Panel>
    </section>
  )
}

const states: Record<Target['state'], { tone: Tone; label: string }> = {
  closed: { tone: 'ok', label: 'Answers' },
  half_open: { tone: 'attention', label: 'Being tried' },
  open: { tone: 'danger', label: 'Resting' },
}

function Targets() {
  const query = useQuery(orpc.gateway.targets.queryOptions({ input: {}, refetchInterval }))
  const items = query.data?.items ?? []
  return (
    <section>
      <SectionTitle aside="One that fails five times in a row rests for 15 s">Outside endpoints</SectionTitle>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The endpoints could not be loaded" />
      ) : !query.data ? (
        <Panel>
          <SkeletonRows rows={2} label="Loading the endpoints" />
        </Panel>
      ) : items.length === 0 ? (
        <Panel>
          <EmptyState icon={<PlugZap size={24} />} title="None was called since the start">
            Endpoints that the operator has set, such as a language model, stand here as soon as AIA calls them.
          </EmptyState>
        </Panel>
      ) : (
        <Panel>
          <ul className="divide-y divide-line">
            {items.map((target) => (
              <li key={target.target} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
                <span className="min-w-0 grow truncate font-mono text-xs">{target.target}</span>
                <span className="text-xs text-quiet tabular-nums">
                  {plural(target.calls, 'call', 'calls')}, {plural(target.failures, 'failure', 'failures')}
                  {target.last_failure_at && (
                    <>
                      , last <Ago at={target.last_failure_at} />
                    </>
                  )}
                </span>
                <Badge tone={states[target.state].tone}>{states[target.state].label}</Badge>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </section>
  )
}
