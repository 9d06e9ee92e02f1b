'use client'
import { Button } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { GraduationCap } from 'lucide-react'
import { client, orpc } from '@/components/api/client'
import type { TrainingRun } from '@/components/api/types'
import { Ago } from '@/components/ui/ago'
import { Badge, type Tone } from '@/components/ui/badge'
import { formatDuration, formatNumber } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { Panel, SectionTitle } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'

const looks: Record<TrainingRun['state'], { label: string; tone: Tone }> = {
  queued: { label: 'Queued', tone: 'idle' },
  running: { label: 'Running', tone: 'info' },
  done: { label: 'Done', tone: 'ok' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'idle' },
}
const open = (run: TrainingRun) => run.state === 'queued' || run.state === 'running'

/** Training runs, newest first, with what the frozen judged set said before and after. */
export function TrainingRuns() {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const query = useQuery(
    orpc.neural.trainingRuns.queryOptions({
      input: {},
      refetchInterval: ({ state }) => (state.data?.items.some(open) ? 1_500 : false),
    }),
  )
  const runs = query.data?.items ?? []
  const busy = runs.some(open)
  const train = useMutation({
    mutationFn: () => client.neural.train({}),
    onSuccess: () => {
      notices.say('A training run has started.')
      void queryClient.invalidateQueries({ queryKey: orpc.neural.trainingRuns.key() })
    },
    onError: (error) => notices.fail('Training did not start.', error),
  })
  return (
    <section aria-label="Training runs">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
        <SectionTitle>Training runs</SectionTitle>
        <Button
          variant="contained"
          disabled={busy || !query.data}
          loading={train.isPending}
          onClick={() => train.mutate()}
          startIcon={<GraduationCap size={16} aria-hidden />}
        >
          {busy ? 'Training' : 'Train now'}
        </Button>
      </div>
      {query.error && !query.data && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The training runs could not be loaded" />
      )}
      {query.isPending && (
        <Panel>
          <SkeletonRows rows={3} height={64} label="Loading training runs" />
        </Panel>
      )}
      {query.data && runs.length === 0 && (
        <Panel>
          <EmptyState icon={<GraduationCap size={28} />} title="No training run yet">
            Judge some answers as useful or not, then train: weights are published only when a frozen set of judged questions does not get worse.
          </EmptyState>
        </Panel>
      )}
      {runs.length > 0 && (
        <Panel>
          <ul className="divide-y divide-line">
            {runs.map((run) => (
              <Run key={run.id} run={run} />
            ))}
          </ul>
        </Panel>
      )}
    </section>
  )
}

function Run({ run }: { run: TrainingRun }) {
  const { label, tone } = looks[run.state]
  const took = run.ended_at ? Date.parse(run.ended_at) - Date.parse(run.created_at) : null
  return (
    <li className="grid grid-cols-1 gap-x-6 gap-y-1 px-4 py-3 @3xl:grid-cols-[15rem_minmax(0,1fr)_minmax(0,20rem)]">
      <div className="flex flex-wrap items-center gap-2 self-start">
        <Badge tone={tone}>
          {label}
          {run.state === 'running' && run.progress.total > 0 && ` ${formatNumber(run.progress.done)} / ${formatNumber(run.progress.total)}`}
        </Badge>
        <span className="text-quiet">
          <Ago at={run.created_at} />
          {took !== null && `, took ${formatDuration(took)}`}
        </span>
      </div>
      <div className="flex flex-wrap gap-x-6">
        {run.before && run.after ? (
          <>
            <Change label="Recall at 5" before={run.before.recall_at_5} after={run.after.recall_at_5} />
            <Change label="nDCG at 10" before={run.before.ndcg_at_10} after={run.after.ndcg_at_10} />
            <span className="text-quiet">{formatNumber(run.after.questions)} judged questions</span>
          </>
        ) : (
          <span className="text-quiet">{open(run) ? 'Not measured yet' : 'No measurement'}</span>
        )}
      </div>
      <div className="min-w-0 break-words text-quiet">
        {run.published === true && run.model_version !== null && <span className="text-ink">Published as version {run.model_version}. </span>}
        {run.published === false && <span className="text-ink">Not published. </span>}
        {run.reason}
      </div>
    </li>
  )
}

/** A measure in percent, before and after. */
function Change({ label, before, after }: { label: string; before: number; after: number }) {
  const difference = Math.round((after - before) * 10) / 10
  const tone = difference > 0 ? 'text-ok' : difference < 0 ? 'text-danger' : 'text-quiet'
  return (
    <span className="whitespace-nowrap">
      <span className="text-quiet">{label}</span> {formatNumber(before, 1)} → {formatNumber(after, 1)} %{' '}
      <span className={tone}>
        {difference > 0 ? '+' : ''}
        {formatNumber(difference, 1)}
      </span>
    </span>
  )
}
