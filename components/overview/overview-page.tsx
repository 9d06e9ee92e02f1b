'use client'
import { Button } from '@mui/material'
import { FilePlus } from 'lucide-react'
import Link from 'next/link'
import { useProfile, useStatus } from '@/components/api/queries'
import { reading } from '@/components/frame/ingestion-state'
import { PageHead } from '@/components/ui/page'
import { ErrorState } from '@/components/ui/states'
import { Activity } from './activity'
import { Attention } from './attention'
import { Figures } from './figures'

/** Overview: what is going on, whether it is right, and what can be done. */
export function OverviewPage() {
  const { data: profile } = useProfile()
  const status = useStatus()
  const work = status.data ? reading(status.data) : null
  const isEmpty = status.data && status.data.sources.total === 0 && work === null
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4 p-4 sm:p-6">
      <PageHead
        title="Overview"
        actions={
          isEmpty && (
            <Button variant="contained" component={Link} href="/knowledge" startIcon={<FilePlus size={16} aria-hidden />}>
              Add a document
            </Button>
          )
        }
      >
        {work ? (
          work.label
        ) : (
          <>
            Everything in <span className="text-ink">{profile?.enterprise.name ?? 'your enterprise'}</span>; what is measured, over the last 24 hours
          </>
        )}
      </PageHead>
      {status.error && !status.data && (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} title="How the knowledge stands could not be loaded" />
      )}
      <Figures />
      <div className="grid items-start gap-4 @4xl:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <div className="@4xl:order-2">
          <Attention />
        </div>
        <Activity />
      </div>
    </div>
  )
}
