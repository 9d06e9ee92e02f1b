'use client'
import { PageHead } from '@/components/ui/page'
import { Metrics } from './metrics'
import { Models } from './models'
import { TrainingRuns } from './training-runs'

/** Learning: how good the answers are, what training changed, and which version is in use. */
export function LearningPage() {
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-8 p-4 sm:p-6">
      <div>
        <PageHead title="Learning">
          Figures are measured on this installation; each says what it means, over which time and from how many cases.
        </PageHead>
        <Metrics />
      </div>
      <TrainingRuns />
      <Models />
    </div>
  )
}
