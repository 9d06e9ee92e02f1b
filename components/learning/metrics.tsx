'use client'
import { Skeleton, Tooltip } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { Info } from 'lucide-react'
import { orpc } from '@/components/api/client'
import type { Metric } from '@/components/api/types'
import { Ago } from '@/components/ui/ago'
import { formatNumber, humanise } from '@/components/ui/format'
import { metricText } from '@/components/ui/measure'
import { Panel } from '@/components/ui/page'
import { EmptyState, ErrorState } from '@/components/ui/states'

export function Metrics() {
  const query = useQuery(orpc.neural.metrics.queryOptions({ input: {}, refetchInterval: 30_000 }))
  if (query.error && !query.data)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The figures could not be loaded" />
  if (!query.data)
    return (
      <div role="status" aria-label="Loading figures" className="grid grid-cols-2 gap-3 @3xl:grid-cols-4">
        {Array.from({ length: 8 }, (_, index) => index).map((place) => (
          <Skeleton key={place} variant="rounded" height={92} />
        ))}
      </div>
    )
  if (query.data.metrics.length === 0)
    return <EmptyState title="Nothing has been measured yet">Ask questions and judge the answers; figures follow.</EmptyState>
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 @3xl:grid-cols-4">
        {query.data.metrics.map((metric) => (
          <Figure key={metric.name} metric={metric} />
        ))}
      </dl>
      <p className="mt-2 text-xs text-quiet">
        Measured <Ago at={query.data.measured_at} />
      </p>
    </>
  )
}

function Figure({ metric }: { metric: Metric }) {
  return (
    <Panel className="min-w-0 px-4 py-3">
      <dt className="flex items-start justify-between gap-1 text-xs text-quiet">
        <span className="min-w-0 break-words">{humanise(metric.name)}</span>
        <Tooltip title={metric.definition}>
          <button
            type="button"
            aria-label={`${humanise(metric.name)}: ${metric.definition}`}
            className="relative shrink-0 rounded-sm touch:after:absolute touch:after:-inset-4"
          >
            <Info size={14} aria-hidden />
          </button>
        </Tooltip>
      </dt>
      <dd>
        <span className={`block text-xl font-semibold tracking-tight ${metric.value === null ? 'text-quiet' : ''}`}>{metricText(metric)}</span>
        <span className="block text-xs break-words text-quiet">
          n = {formatNumber(metric.n)} · {metric.window}
        </span>
      </dd>
    </Panel>
  )
}
