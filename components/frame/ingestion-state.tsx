'use client'
import { Tooltip } from '@mui/material'
import Link from 'next/link'
import { useStatus } from '@/components/api/queries'
import type { Status } from '@/components/api/types'
import { useConnected } from '@/components/offline/use-outbox'
import { formatNumber, plural } from '@/components/ui/format'

/** What is being read: the starter workspace first, then documents that wait or are worked on. */
export function reading(status: Status): { label: string; short: string; done: number; total: number } | null {
  const { starter, sources } = status
  if (starter && starter.total > 0 && starter.done < starter.total)
    return {
      label: `Reading the first workspace: ${formatNumber(starter.done)} of ${formatNumber(starter.total)} documents`,
      short: `${formatNumber(starter.done)} / ${formatNumber(starter.total)}`,
      done: starter.done,
      total: starter.total,
    }
  const open = sources.queued + sources.processing
  if (open === 0) return null
  const total = sources.total - sources.failed
  return { label: `Reading ${plural(open, 'document', 'documents')}`, short: formatNumber(open), done: Math.max(0, total - open), total }
}

/** State of ingestion in the top bar; leads to the sources. */
export function IngestionState() {
  const { data: status } = useStatus()
  const connected = useConnected()
  const chip =
    'relative inline-flex h-8 items-center gap-1.5 rounded-full border border-line px-2 text-xs sm:gap-2 sm:px-3 whitespace-nowrap touch:after:absolute touch:after:-inset-1.5'
  if (!status || !connected) return null
  const work = reading(status)
  const { failed } = status.sources
  const summary = `${plural(status.atoms, 'atom', 'atoms')}, ${plural(status.pathways, 'pathway', 'pathways')}, ${plural(status.sources.ready, 'source', 'sources')} read`
  if (work) {
    const share = work.total > 0 ? work.done / work.total : 0
    return (
      <Tooltip title={`${work.label}. ${summary}.`}>
        <Link href="/knowledge" className={`${chip} text-ink hover:border-accent`}>
          <span
            role="progressbar"
            aria-label={work.label}
            aria-valuemin={0}
            aria-valuemax={work.total}
            aria-valuenow={work.done}
            className="h-1.5 w-6 overflow-hidden rounded-full bg-line sm:w-16"
          >
            <span className="block h-full rounded-full bg-info" style={{ width: `${Math.max(4, share * 100)}%` }} />
          </span>
          <span className="hidden sm:inline">Reading</span> {work.short}
        </Link>
      </Tooltip>
    )
  }
  return (
    <Tooltip title={failed > 0 ? `${plural(failed, 'source', 'sources')} could not be read. ${summary}.` : `Nothing waits to be read. ${summary}.`}>
      <Link href={failed > 0 ? '/knowledge?state=failed' : '/knowledge'} className={`${chip} text-quiet hover:border-accent hover:text-ink`}>
        <span aria-hidden className={`size-2 ${failed > 0 ? 'rotate-45 bg-attention' : 'rounded-full bg-ok'}`} />
        {failed > 0 ? `${formatNumber(failed)} failed` : <>Up to date</>}
      </Link>
    </Tooltip>
  )
}
