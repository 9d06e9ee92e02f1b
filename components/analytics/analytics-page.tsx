'use client'
import { Button, Skeleton } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { ChartLine, Download, Image as Picture } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useRef } from 'react'
import { orpc } from '@/components/api/client'
import { formatDuration, humanise, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { AlertRules } from './alert-rules'
import { isShown, thresholdInChart } from './alert-words'
import { Controls } from './controls'
import { download, pictureOf } from './download'
import { colourOf, dashOf, namesOf } from './line-looks'
import { keptPart, keptText } from './moments'
import { SavedViews } from './saved-views'
import { SeriesRows } from './series-rows'
import { csvOf, tableOf } from './series-table'
import { useAlertRules } from './use-alert-rules'
import { type MetricInfo, measuredEveryMs, useMeasuredNow, useSeries } from './use-series'
import { momentsOf, previousOf, readView, requestOf, type View } from './view'

const SeriesChart = dynamic(() => import('./series-chart'), { ssr: false, loading: () => <Skeleton variant="rounded" height={320} /> })

/** How much narrower the range is that somebody looks closer at, and how narrow it can be. */
const narrower = 6
const narrowestMs = 4 * measuredEveryMs

/** Analytics: everything that is measured, over time; the whole view stands in the address. */
export function AnalyticsPage() {
  const { params } = useUrlState()
  const catalogue = useQuery(orpc.analytics.metrics.queryOptions({ input: {}, staleTime: Number.POSITIVE_INFINITY }))
  const view = catalogue.data ? readView(params, catalogue.data.items) : null
  return (
    <div className="mx-auto max-w-7xl p-4 sm:p-6">
      {catalogue.error && !catalogue.data ? (
        <>
          <PageHead title="Analytics">Everything that is measured, over time</PageHead>
          <ErrorState error={catalogue.error} onRetry={() => void catalogue.refetch()} title="What is measured could not be loaded" />
        </>
      ) : view && catalogue.data ? (
        <Measured view={view} catalogue={catalogue.data.items} />
      ) : (
        <>
          <PageHead title="Analytics">Everything that is measured, over time</PageHead>
          <Panel>
            <SkeletonRows rows={8} label="Loading what is measured" />
          </Panel>
        </>
      )}
    </div>
  )
}

/** The moments of the view; those of a range that ends now go on with the clock while it is followed. */
function useMoments(view: View, live: boolean) {
  const clock = useMeasuredNow()
  const held = useRef(clock)
  if (live || held.current === 0) held.current = clock
  const { from, to } = momentsOf(view, held.current)
  // In steps of a bucket, so that the same question is asked while its answer can be the same.
  const stepMs = Math.max(measuredEveryMs, Math.ceil((to - from) / 120 / measuredEveryMs) * measuredEveryMs)
  const end = typeof view.range === 'string' ? Math.ceil(to / stepMs) * stepMs : to
  const asked = { from: end - (to - from), to: end }
  const kept = keptPart(asked, held.current)
  return { isKnown: held.current > 0, now: held.current, moments: kept ?? asked, isKept: kept !== null }
}

function Measured({ view, catalogue }: { view: View; catalogue: readonly MetricInfo[] }) {
  const { params, change } = useUrlState()
  const notices = useNotices()
  const rules = useAlertRules()
  const chart = useRef<HTMLDivElement>(null)
  const live = params.get('live') !== 'off' && typeof view.range === 'string'
  const { isKnown, now, moments, isKept } = useMoments(view, live)
  const query = useSeries(isKnown && isKept ? requestOf(view, moments) : null, live)
  const before = isKnown && isKept && view.compare ? previousOf(moments, now) : null
  // Of the same width, or they could not stand beside each other.
  const previous = useSeries(before && query.data ? requestOf(view, before, query.data.bucket_seconds) : null, live)
  const series = isKept ? query.data : undefined
  const table = series ? tableOf(series, before ? (previous.data ?? null) : null) : null
  const title = `${humanise(view.metric.metric)}${view.metric.aggregates.length > 1 ? `, ${view.aggregate}` : ''}`
  const file = `${view.metric.measurement}-${view.metric.metric}`

  const closer = (at: number) => {
    const half = Math.max((moments.to - moments.from) / narrower, narrowestMs) / 2
    const end = Math.min(at + half, now)
    change({ range: null, from: new Date(end - 2 * half).toISOString(), to: new Date(end).toISOString() })
  }
  const exportPicture = async () => {
    const svg = chart.current?.querySelector('svg')
    if (!svg || !table) return
    const filters = Object.entries(view.tags).map(([tag, value]) => `, ${tag} ${value}`)
    const heading = `${title}${filters.join('')} · ${new Date(moments.from).toISOString()} – ${new Date(moments.to).toISOString()}`
    try {
      download(`${file}.png`, await pictureOf(svg, heading, namesOf(table.columns, svg)))
    } catch (error) {
      notices.fail('The picture could not be made.', error)
    }
  }
  const thresholds = (rules.data?.items ?? []).filter((rule) => !rule.paused && isShown(rule, view))
  const hasData = table !== null && table.rows.length > 0
  return (
    <>
      <PageHead
        title="Analytics"
        actions={
          <>
            <SavedViews query={params.toString()} />
            <Button
              variant="outlined"
              startIcon={<Download size={15} aria-hidden />}
              disabled={!hasData}
              onClick={() => table && download(`${file}.csv`, new Blob([csvOf(table)], { type: 'text/csv;charset=utf-8' }))}
            >
              CSV
            </Button>
            <Button variant="outlined" startIcon={<Picture size={15} aria-hidden />} disabled={!hasData} onClick={() => void exportPicture()}>
              PNG
            </Button>
          </>
        }
      >
        {view.metric.definition}
      </PageHead>
      <Controls view={view} catalogue={catalogue} moments={moments} live={live} change={change} />
      {isKnown && !isKept ? (
        <Panel>
          <EmptyState icon={<ChartLine size={28} />} title="Nothing of this time is kept">
            {keptText} Choose a later time.
          </EmptyState>
        </Panel>
      ) : query.error && !series ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The measurements could not be loaded" />
      ) : !series || !table ? (
        <Panel className="p-4">
          <Skeleton variant="rounded" height={320} />
        </Panel>
      ) : (
        <>
          <Panel className="mb-3 p-3">
            <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-3">
              <h2 className="font-semibold">{title}</h2>
              <p role="status" className="text-xs text-quiet">
                {series.unit === 'count' ? 'count' : series.unit} · one value for {formatDuration(series.bucket_seconds * 1_000)}
                {series.omitted > 0 && ` · ${plural(series.omitted, 'smaller line', 'smaller lines')} left out`}
                {view.compare && !before && ' · nothing of the time before is kept'}
              </p>
            </div>
            {hasData ? (
              <div ref={chart} data-chart>
                <SeriesChart
                  table={table}
                  unit={series.unit}
                  from={series.from}
                  to={series.to}
                  bucketSeconds={series.bucket_seconds}
                  label={title}
                  thresholds={thresholds.map((rule) => ({
                    id: rule.id,
                    at: thresholdInChart(rule, series.bucket_seconds),
                    label: rule.name,
                    isFiring: rule.state === 'firing',
                  }))}
                  closer={closer}
                />
              </div>
            ) : (
              <EmptyState icon={<ChartLine size={28} />} title="No data">
                Nothing of this was measured in this time{Object.keys(view.tags).length > 0 ? ' with these filters' : ''}.
              </EmptyState>
            )}
            {hasData && table.columns.length > 1 && <Lines view={view} columns={table.columns} change={change} />}
          </Panel>
          {hasData && <SeriesRows table={table} caption={`${title}, the values of the chart`} closer={closer} />}
        </>
      )}
      <AlertRules view={view} catalogue={catalogue} />
    </>
  )
}

/** The lines of the chart by name; one of a tag leads to that value alone. */
function Lines({
  view: { by },
  columns,
  change,
}: {
  view: View
  columns: readonly string[]
  change: (changes: Readonly<Record<string, string | null>>) => void
}) {
  return (
    <ul aria-label="Lines" className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
      {columns.map((name, line) => {
        const mark = (
          <svg aria-hidden width={20} height={4} className="shrink-0">
            <line x1={0} x2={20} y1={2} y2={2} stroke={colourOf(line)} strokeWidth={3} strokeDasharray={dashOf(line) ?? 'none'} />
          </svg>
        )
        return (
          <li key={name} className="min-w-0">
            {by && !name.endsWith(', before') ? (
              <button
                type="button"
                title={`Only ${name}`}
                onClick={() => change({ [by]: name, by: null })}
                className="inline-flex min-h-8 max-w-full items-center gap-2 text-xs hover:underline touch:min-h-11"
              >
                {mark} <span className="truncate">{name}</span>
              </button>
            ) : (
              <span className="inline-flex min-h-8 items-center gap-2 text-xs text-quiet">
                {mark} {name}
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
