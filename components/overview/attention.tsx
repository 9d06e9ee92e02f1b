'use client'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { chartOf, conditionText } from '@/components/analytics/alert-words'
import { useAlertRules } from '@/components/analytics/use-alert-rules'
import { orpc } from '@/components/api/client'
import { readProblem } from '@/components/api/problem'
import { useProfile, useStatus } from '@/components/api/queries'
import { formatNumber, humanise, plural } from '@/components/ui/format'
import { metricText } from '@/components/ui/measure'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

const dayMs = 86_400_000
/** From this share of a limit on somebody may soon be refused. */
const nearLimit = 0.9

interface Item {
  tone: 'attention' | 'danger'
  says: string
  action: string
  href: string
}
interface Readiness {
  parts: Record<string, { adapter: string; state: 'up' | 'degraded' | 'down' }>
}

/** The readiness page answers 503 while a part is down, and says which all the same. */
const readiness = async (): Promise<Readiness> => {
  const response = await fetch('/ready', { cache: 'no-store' })
  if (!response.ok && response.status !== 503) throw readProblem(null, response.status, response.headers)
  return (await response.json()) as Readiness
}

function useItems() {
  const { data: profile } = useProfile()
  const may = (permission: string) => profile?.permissions.includes(permission) ?? false
  const status = useStatus()
  const jobs = useQuery(orpc.jobs.list.queryOptions({ input: { state: 'failed', limit: 20 }, enabled: may('jobs.read') }))
  const limits = useQuery(orpc.gateway.limits.queryOptions({ input: {}, enabled: may('limits.read'), refetchInterval: 60_000 }))
  const parts = useQuery({ queryKey: ['ready'], queryFn: readiness, enabled: may('security.manage'), refetchInterval: 30_000 })
  const rules = useAlertRules(may('analytics.read'))
  const items: Item[] = []
  for (const rule of rules.data?.items.filter(({ paused, state }) => !paused && state === 'firing') ?? [])
    items.push({
      tone: 'danger',
      says: `${rule.name}: ${conditionText(rule)}${rule.value === null ? '' : `, it was ${metricText({ value: rule.value, unit: rule.unit })}`}`,
      action: 'Look',
      href: chartOf(rule),
    })
  for (const [name, { adapter, state }] of Object.entries(parts.data?.parts ?? {}))
    if (state !== 'up')
      items.push({
        tone: state === 'down' ? 'danger' : 'attention',
        says: `${humanise(name)} (${adapter}) ${state === 'down' ? 'does not answer' : 'is away, and AIA does without'}`,
        action: 'Look',
        href: '/ready',
      })
  const failed = status.data?.sources.failed ?? 0
  if (failed > 0)
    items.push({
      tone: 'attention',
      says: `${plural(failed, 'source', 'sources')} could not be read`,
      action: 'Review',
      href: '/knowledge?state=failed',
    })
  const stopped = jobs.data?.items.filter((job) => Date.now() - Date.parse(job.ended_at ?? job.created_at) < dayMs) ?? []
  if (stopped.length > 0)
    items.push({
      tone: 'attention',
      says: `${plural(stopped.length, 'job', 'jobs')} failed within a day: ${[...new Set(stopped.map(({ name }) => name))].join(', ')}`,
      action: 'Open',
      href: '/admin/jobs?state=failed',
    })
  const near = limits.data?.items.filter(({ used, limit }) => used >= nearLimit * limit) ?? []
  for (const { caller, operation, used, limit } of near.slice(0, 3))
    items.push({
      tone: used >= limit ? 'danger' : 'attention',
      says: `${caller.name ?? caller.email ?? 'A program'} has used ${formatNumber(used)} of ${formatNumber(limit)} calls an hour of ${operation}`,
      action: 'Look',
      href: `/admin/limits?q=${encodeURIComponent(operation)}`,
    })
  const asked = [status, jobs, limits, parts, rules]
  return {
    items,
    isPending: !profile || asked.some(({ isLoading }) => isLoading),
    error: asked.find(({ error, data }) => error && !data)?.error ?? null,
    again: () => asked.forEach((query) => void query.refetch()),
  }
}

/** What somebody should do something about; nothing else. */
export function Attention() {
  const { items, isPending, error, again } = useItems()
  return (
    <section aria-label="Needs you">
      <Panel className="p-4">
        <SectionTitle>Needs you</SectionTitle>
        {items.length > 0 && (
          <ul className="divide-y divide-line">
            {items.map(({ tone, says, action, href }) => (
              <li key={says} className="flex items-center gap-3 py-2">
                {tone === 'danger' ? (
                  <CircleAlert size={16} aria-label="Urgent" className="shrink-0 text-danger" />
                ) : (
                  <TriangleAlert size={16} aria-label="Attention" className="shrink-0 text-attention" />
                )}
                <span className="min-w-0 grow">{says}</span>
                <Link
                  href={href}
                  prefetch={false}
                  aria-label={`${action}: ${says}`}
                  className="inline-flex min-h-8 items-center text-accent hover:underline touch:min-h-11"
                >
                  {action}
                </Link>
              </li>
            ))}
          </ul>
        )}
        {error ? (
          <ErrorState error={error} onRetry={again} title="Not everything could be looked at" />
        ) : (
          items.length === 0 &&
          (isPending ? (
            <SkeletonRows rows={2} height={36} label="Looking what needs you" />
          ) : (
            <p className="flex items-center gap-2 py-1 text-quiet">
              <CircleCheck size={16} aria-hidden className="shrink-0 text-ok" /> Nothing waits for you.
            </p>
          ))
        )}
      </Panel>
    </section>
  )
}
