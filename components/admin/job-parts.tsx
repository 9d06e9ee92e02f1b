'use client'
import { Button, LinearProgress } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, Square } from 'lucide-react'
import { client, orpc } from '@/components/api/client'
import { Badge, type Tone } from '@/components/ui/badge'
import { formatDuration, formatNumber, humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'

export type Job = Awaited<ReturnType<typeof client.jobs.list>>['items'][number]
export type Step = NonNullable<Job['step']>

const tones: Record<Job['state'] | Step['state'], Tone> = {
  queued: 'idle',
  running: 'info',
  done: 'ok',
  failed: 'danger',
  cancelled: 'attention',
  interrupted: 'attention',
}

export const JobBadge = ({ state }: { state: Job['state'] | Step['state'] }) => <Badge tone={tones[state]}>{humanise(state)}</Badge>

export const isOpen = ({ state }: Job) => state === 'queued' || state === 'running'

/** What a job is about, in words: a title where it has one. */
export function subjectOf({ about }: Job): string {
  const words = about.title ?? about.file_name
  return typeof words === 'string' && words ? words : ''
}

/** How long it took, or takes by now. */
export function Duration({ from, to }: { from: string | null; to: string | null }) {
  if (!from) return null
  return <span className="tabular-nums">{formatDuration((to ? Date.parse(to) : Date.now()) - Date.parse(from))}</span>
}

export function StepProgress({ step, of }: { step: Step; of: string }) {
  if (!step.progress) return null
  const { done, total } = step.progress
  return (
    <div className="flex items-center gap-2">
      <LinearProgress
        variant="determinate"
        value={Math.min(100, (100 * done) / total)}
        aria-label={`Progress of ${of}`}
        className="h-1.5 w-full max-w-48 grow"
      />
      <span className="text-xs whitespace-nowrap text-quiet tabular-nums">
        {formatNumber(done)} of {formatNumber(total)}
      </span>
    </div>
  )
}

/** Cancel and run again, where the job can. */
export function JobActions({ job, may }: { job: Job; may: boolean }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const settle = { onSettled: () => void queryClient.invalidateQueries({ queryKey: orpc.jobs.key() }) }
  const cancel = useMutation({
    mutationFn: () => client.jobs.cancel({ id: job.id }),
    onSuccess: () => notices.say('The job is cancelled. What it had half done is taken away.'),
    onError: (error) => notices.fail('The job could not be cancelled.', error),
    ...settle,
  })
  const retry = useMutation({
    mutationFn: () => client.jobs.retry({ id: job.id }),
    onSuccess: () => notices.say('The job waits to run again.'),
    onError: (error) => notices.fail('The job could not be run again.', error),
    ...settle,
  })
  if (!may || !(job.can_cancel || job.can_retry)) return null
  return job.can_cancel ? (
    <Button variant="outlined" color="error" startIcon={<Square size={14} aria-hidden />} loading={cancel.isPending} onClick={() => cancel.mutate()}>
      Cancel
    </Button>
  ) : (
    <Button variant="outlined" startIcon={<RotateCcw size={14} aria-hidden />} loading={retry.isPending} onClick={() => retry.mutate()}>
      Run again
    </Button>
  )
}
