'use client'
import { ErrorState } from '@/components/ui/states'

export default function Failed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-2xl p-6">
      <ErrorState error={error} onRetry={reset} title="This page failed" />
    </main>
  )
}
