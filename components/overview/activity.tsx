'use client'
import { useQuery } from '@tanstack/react-query'
import { Activity as ActivityIcon } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { useLive } from '@/components/live/use-live'
import { Ago } from '@/components/ui/ago'
import { formatConfidence, formatDuration, formatNumber, humanise, plural } from '@/components/ui/format'
import { Panel, SectionTitle } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import type { LiveEvent } from '@/server/events/contract'

const shown = 9

interface Entry {
  key: string
  at: string
  what: string
  about: string
  href: string | null
}

/** What others did is told as it happens, without what it was about; it is kept by this page only. */
function useOthersAnswers(): Entry[] {
  const [entries, setEntries] = useState<Entry[]>([])
  useLive(['answer.given'], (event: LiveEvent) => {
    if (event.kind !== 'answer.given' || event.id !== null) return
    const about = `somebody’s question · ${event.cached ? 'from the cache' : formatDuration(event.duration_ms)}`
    setEntries((before) =>
      [
        { key: `${event.at} ${before.length}`, at: event.at, what: event.status === 'no_answer' ? 'No answer' : 'Answered', about, href: null },
        ...before,
      ].slice(0, shown),
    )
  })
  return entries
}

/** The latest that happened, newest first: sources, own questions, training; as it happens. */
export function Activity() {
  const { data: profile } = useProfile()
  const may = (permission: string) => profile?.permissions.includes(permission) ?? false
  const sources = useQuery(orpc.neural.listSources.queryOptions({ input: { limit: shown }, enabled: may('knowledge.read') }))
  const results = useQuery(orpc.neural.listResults.queryOptions({ input: { limit: shown }, enabled: may('knowledge.ask') }))
  const runs = useQuery(orpc.neural.trainingRuns.queryOptions({ input: {}, enabled: may('learning.read') }))
  const others = useOthersAnswers()
  const all: Entry[] = [
    ...others,
    ...(sources.data?.items ?? []).map((source) => ({
      key: `${source.id} ${source.state}`,
      at: source.ready_at ?? source.created_at,
      what: { queued: 'Source added', processing: 'Source read', ready: 'Source ready', failed: 'Source failed' }[source.state],
      about:
        source.state === 'ready'
          ? `${source.title} · ${plural(source.atoms, 'atom', 'atoms')}`
          : source.state === 'processing' && source.progress.total > 0
            ? `${source.title} · ${formatNumber(source.progress.done)} of ${formatNumber(source.progress.total)}`
            : source.title,
      href: `/knowledge/sources/${source.id}`,
    })),
    ...(results.data?.items ?? []).map((result) => ({
      key: result.id,
      at: result.created_at,
      what: result.status === 'no_answer' ? 'No answer' : 'Answered',
      about: `${result.question} · ${result.status === 'no_answer' ? result.mode : `sure ${formatConfidence(result.confidence)}`}`,
      href: `/ask?result=${result.id}`,
    })),
    ...(runs.data?.items ?? []).map((run) => ({
      key: `${run.id} ${run.state}`,
      at: run.ended_at ?? run.created_at,
      what: run.state === 'done' ? (run.published ? 'Trained' : 'Training kept') : `Training ${run.state}`,
      about: run.reason ?? humanise(run.state),
      href: '/learning',
    })),
  ]
  const entries = all.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, shown)
  const asked = [sources, results, runs]
  const error = asked.find((query) => query.error && !query.data)?.error
  return (
    <section aria-label="Activity">
      <Panel className="p-4">
        <SectionTitle>Activity</SectionTitle>
        {error && (
          <ErrorState error={error} onRetry={() => asked.forEach((query) => void query.refetch())} title="The activity could not be loaded" />
        )}
        {entries.length > 0 ? (
          <ol className="divide-y divide-line">
            {entries.map(({ key, at, what, about, href }) => (
              <li key={key} className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 py-2 @2xl:grid-cols-[6.5rem_8rem_minmax(0,1fr)]">
                <span className="text-quiet">
                  <Ago at={at} />
                </span>
                <span className="font-semibold">{what}</span>
                <span className="min-w-0 truncate text-quiet max-@2xl:col-start-2" title={about}>
                  {href ? (
                    <Link href={href} prefetch={false} className="hover:text-ink hover:underline touch:inline-flex touch:min-h-11 touch:items-center">
                      {about}
                    </Link>
                  ) : (
                    about
                  )}
                </span>
              </li>
            ))}
          </ol>
        ) : (
          !error &&
          (!profile || asked.some(({ isLoading }) => isLoading) ? (
            <SkeletonRows rows={4} height={36} label="Loading the activity" />
          ) : (
            <EmptyState icon={<ActivityIcon size={24} />} title="Nothing has happened yet">
              Add a document or ask a question; it appears here as it happens.
            </EmptyState>
          ))
        )}
      </Panel>
    </section>
  )
}
