'use client'
import { isChunkError } from '@/components/offline/chunk-error'
import { PartMissing } from '@/components/offline/new-version'
import { ErrorState } from '@/components/ui/states'

export default function Failed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-2xl p-6">
      {isChunkError(error) ? <PartMissing retry={reset} /> : <ErrorState error={error} onRetry={reset} title="This page failed" />}
    </main>
  )
}
