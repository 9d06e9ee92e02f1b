'use client'
import { Skeleton, Tooltip } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { Info } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { type Series, useMeasuredNow, useSeries } from '@/components/analytics/use-series'
import { viewSearch } from '@/components/analytics/view'
import { orpc } from '@/components/api/client'
import { useProfile, useStatus } from '@/components/api/queries'
import { formatNumber, plural } from '@/components/ui/format'
import { metricText } from '@/components/ui/measure'
import { Panel } from '@/components/ui/page'
import { Sparkline } from './sparkline'

const dayMs = 86_400_000
/** Wide enough that a line of 160 pixels shows each step of it. */
const bucketSeconds = 1_800

interface Figure {
  name: string
  /** Undefined while it is not known, null without data. */
  value: number | null | undefined
  unit: string
  definition: string
  note: ReactNode
  /** What Analytics shows of it; the line beside the figure is the same series. */
  series: { measurement: Series['measurement']; metric: string; aggregate?: Series['aggregate'] }
  /** What Analytics gives a line each of. */
  by?: 'agent'
}

const shareOf = (part: number, all: number) => `${formatNumber((100 * part) / all)} %`

/** What stands below a figure: of how many, and what that says. */
function noteOf(name: string, n: number | undefined): string | undefined {
  if (name === 'questions') return 'last 24 hours'
  if (n === undefined) return undefined
  if (name === 'agents') return `${plural(n, 'task', 'tasks')} · time worked`
  return name === 'answer_latency_p95' ? `95 of 100 faster · n = ${formatNumber(n)}` : `n = ${formatNumber(n)}`
}

/** The figures of a day, each with its course, its definition and the way to its details. */
export function Figures() {
  const { data: profile } = useProfile()
  const { data: status } = useStatus()
  const may = (permission: string) => profile?.permissions.includes(permission) ?? false
  const metrics = useQuery(orpc.neural.metrics.queryOptions({ input: {}, enabled: may('learning.read') }))
  const named = (name: string) => metrics.data?.metrics.find((metric) => metric.name === name)
  const neural = (metric: string) => ({ measurement: 'neural_intelligence', metric }) as const
  const inferred = status && status.pathways > 0 ? shareOf(status.pathways_by_kind.similar, status.pathways) : null
  const sizes: Figure[] = [
    {
      name: 'Atoms',
      // An empty workspace has no atoms: that is counted, and not a lack of data.
      value: status?.atoms,
      unit: 'count',
      definition: 'Pieces of knowledge that stand in the database now; the same text is one atom, however many sources say it.',
      note: status && `from ${formatNumber(status.sources.ready)} ${status.sources.ready === 1 ? 'source' : 'sources'}`,
      series: neural('atoms'),
    },
    {
      name: 'Pathways',
      value: status?.pathways,
      unit: 'count',
      definition: 'Connections between two atoms that stand in the database now: contained, referenced, mentioned, related, or inferred as similar.',
      note: inferred ? `${inferred} inferred` : 'none inferred yet',
      series: neural('pathways'),
    },
  ]
  const measured: Figure[] = [
    { title: 'Questions', name: 'questions', series: neural('answers') },
    { title: 'Answer latency', name: 'answer_latency_p95', series: { ...neural('answer_latency_ms'), aggregate: 'p95' as const } },
    { title: 'Coordination', name: 'coordination_efficiency', series: neural('coordination_efficiency') },
    { title: 'Agents', name: 'agents', series: neural('agent_ms'), by: 'agent' as const },
  ].map(({ title, name, series, by }) => {
    const metric = named(name)
    const isNothing = metric?.n === 0
    return {
      name: title,
      value: metric && (isNothing ? null : metric.value),
      unit: metric?.unit ?? 'count',
      definition: metric?.definition ?? '',
      note: noteOf(name, metric?.n),
      series,
      ...(by ? { by } : {}),
    }
  })
  if (!profile)
    return (
      <div role="status" aria-label="Loading the figures" className="grid grid-cols-2 gap-3 @xl:grid-cols-3 @3xl:grid-cols-6">
        {Array.from({ length: sizes.length + measured.length }, (_, index) => index).map((place) => (
          <Skeleton key={place} variant="rounded" height={132} />
        ))}
      </div>
    )
  return (
    <section aria-label="Figures" className="grid grid-cols-2 gap-3 @xl:grid-cols-3 @3xl:grid-cols-6">
      {[...(may('knowledge.read') ? sizes : []), ...(may('learning.read') ? measured : [])].map((figure) => (
        <FigureCard key={figure.name} figure={figure} drill={may('analytics.read')} error={metrics.error !== null} />
      ))}
    </section>
  )
}

function FigureCard({ figure, drill, error }: { figure: Figure; drill: boolean; error: boolean }) {
  const now = useMeasuredNow()
  // Whole buckets, so that the same question is asked for as long as its answer can be the same.
  const to = Math.ceil(now / (bucketSeconds * 1_000)) * bucketSeconds * 1_000
  const range = { from: new Date(to - dayMs).toISOString(), to: new Date(to).toISOString() }
  const series = useSeries(drill && now > 0 ? { ...figure.series, ...range, bucket: bucketSeconds } : null)
  const { name, value, unit, definition, note } = figure
  const text = value === undefined ? null : metricText({ value, unit })
  return (
    <Panel className="relative flex min-w-0 flex-col px-4 pt-3 pb-2 hover:border-line-strong">
      <h2 className="flex items-start justify-between gap-1 text-xs text-quiet">
        {drill ? (
          <Link
            href={`/analytics${viewSearch({ ...figure.series, ...(figure.by ? { by: figure.by } : {}), range: '24h' })}`}
            prefetch={false}
            className="min-w-0 after:absolute after:inset-0 after:rounded-md hover:text-ink"
          >
            {name}
          </Link>
        ) : (
          name
        )}
        {definition && (
          <Tooltip title={definition} enterTouchDelay={0}>
            <button
              type="button"
              aria-label={`${name}: ${definition}`}
              className="relative z-10 shrink-0 rounded-sm touch:after:absolute touch:after:-inset-4"
            >
              <Info size={14} aria-hidden />
            </button>
          </Tooltip>
        )}
      </h2>
      {text === null ? (
        error ? (
          <p className="text-quiet">Could not be loaded</p>
        ) : (
          <Skeleton width="60%" height={33} />
        )
      ) : (
        <p data-figure={name} className={`text-xl font-semibold tracking-tight tabular-nums ${value === null ? 'text-quiet' : ''}`}>
          {text}
        </p>
      )}
      <p className="min-h-5 text-xs text-quiet">{value === null ? 'in the last 24 hours' : note}</p>
      {drill && (
        <div className="mt-1 h-9">
          {series.data && <Sparkline points={series.data.lines[0]?.points ?? []} from={series.data.from} to={series.data.to} />}
        </div>
      )}
    </Panel>
  )
}
