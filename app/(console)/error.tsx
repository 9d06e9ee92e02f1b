'use client'
import { isChunkError } from '@/components/offline/chunk-error'
import { PartMissing } from '@/components/offline/new-version'
import { ErrorState } from '@/components/ui/states'

/** Inside the frame, so that every other place stays within reach. */
export default function Failed({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <div className="mx-auto max-w-2xl p-6">
      {isChunkError(error) ? <PartMissing retry={reset} /> : <ErrorState error={error} onRetry={reset} title="This page failed" />}
    </div>
  )
}
