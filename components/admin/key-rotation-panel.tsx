'use client'
import { Button } from '@mui/material'
import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

/** Keys that rotate by the clock and by hand: what there is to say about them, and the button. */
export function KeyRotationPanel({
  title,
  state,
  rotation,
  children,
}: {
  title: string
  state: { data: unknown; error: unknown; refetch: () => unknown }
  rotation: { mutate: (input: undefined) => void; isPending: boolean }
  children: ReactNode
}) {
  return (
    <section aria-label={title} className="mt-8">
      <SectionTitle>{title}</SectionTitle>
      {state.error && !state.data ? (
        <ErrorState error={state.error} onRetry={() => void state.refetch()} title="The keys could not be loaded" />
      ) : (
        <Panel className="p-4">
          {!state.data ? (
            <SkeletonRows rows={1} label="Loading the keys" />
          ) : (
            <div className="flex flex-wrap items-center gap-2">
              <p className="min-w-0 grow basis-80 text-quiet">{children}</p>
              <Button
                variant="outlined"
                startIcon={<RotateCw size={16} aria-hidden />}
                onClick={() => rotation.mutate(undefined)}
                loading={rotation.isPending}
                loadingPosition="start"
              >
                Rotate now
              </Button>
            </div>
          )}
        </Panel>
      )}
    </section>
  )
}
