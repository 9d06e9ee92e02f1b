'use client'
import { Drawer, IconButton, Skeleton, Tooltip, useMediaQuery } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { humanise, plural } from '@/components/ui/format'
import { ErrorState } from '@/components/ui/states'
import { Duration, isOpen, type Job, JobActions, JobBadge, type Step, StepProgress, subjectOf } from './job-parts'

/** The panel of one job: its steps, and what can be done about it. */
export function JobPanel({ id, close, may }: { id: string | null; close: () => void; may: boolean }) {
  const phone = useMediaQuery('(max-width: 639.9px)')
  return (
    <Drawer
      open={id !== null}
      onClose={close}
      anchor={phone ? 'bottom' : 'right'}
      slotProps={{
        paper: {
          'aria-label': 'Job',
          className: phone ? 'max-h-[85dvh] rounded-t-lg border-t border-line-strong' : 'w-120 max-w-full border-l border-line',
        },
      }}
    >
      {id !== null && <Body key={id} id={id} close={close} may={may} />}
    </Drawer>
  )
}

function Body({ id, close, may }: { id: string; close: () => void; may: boolean }) {
  const query = useQuery(
    orpc.jobs.get.queryOptions({ input: { id }, refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? 1_000 : false) }),
  )
  const job = query.data
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-4">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow pt-1.5">
          {job ? (
            <>
              <p className="text-xs text-quiet">
                {humanise(job.name)} · <Ago at={job.created_at} />
              </p>
              <h2 className="text-base font-semibold break-words">{subjectOf(job) || humanise(job.name)}</h2>
            </>
          ) : (
            !query.error && <Skeleton width="70%" />
          )}
        </div>
        <Tooltip title="Close  Esc">
          <IconButton onClick={close} aria-label="Close the panel of the job">
            <X size={18} />
          </IconButton>
        </Tooltip>
      </div>
      {query.error && !job && <ErrorState error={query.error} onRetry={() => void query.refetch()} title="This job could not be loaded" />}
      {!job && !query.error && <Skeleton variant="rounded" height={200} />}
      {job && (
        <>
          <Facts job={job} />
          <Steps steps={job.steps} />
          <div>
            <JobActions job={job} may={may} />
          </div>
        </>
      )}
    </div>
  )
}

function Facts({ job }: { job: Job }) {
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
      <dt className="text-quiet">State</dt>
      <dd aria-live="polite">
        <JobBadge state={job.state} />
      </dd>
      {job.not_before && (
        <>
          <dt className="text-quiet">Begins</dt>
          <dd>
            <Ago at={job.not_before} />
          </dd>
        </>
      )}
      {job.started_at && (
        <>
          <dt className="text-quiet">{job.ended_at ? 'Took' : 'Runs since'}</dt>
          <dd>
            <Duration from={job.started_at} to={job.ended_at} />
          </dd>
        </>
      )}
      <dt className="text-quiet">Taken in hand</dt>
      <dd>{job.attempts === 0 ? 'not yet' : plural(job.attempts, 'time', 'times')}</dd>
      {Object.entries(job.about).map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-quiet">{humanise(name)}</dt>
            <dd className="min-w-0 font-mono text-xs break-all">{String(value)}</dd>
          </div>
        ),
      )}
      <dt className="text-quiet">Id</dt>
      <dd className="min-w-0 font-mono text-xs break-all select-all">{job.id}</dd>
    </dl>
  )
}

function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <section aria-label="Steps" className="border-t border-line pt-3">
      <h3 className="mb-2 font-semibold">Steps</h3>
      {steps.length === 0 && <p className="text-quiet">None was begun yet.</p>}
      <ol className="flex flex-col gap-3">
        {steps.map((step) => (
          <li key={step.name} className="flex flex-col gap-1">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-medium">{humanise(step.name)}</span>
              <JobBadge state={step.state} />
              {step.attempts > 1 && <span className="text-xs text-quiet">{plural(step.attempts, 'attempt', 'attempts')}</span>}
              {(step.ended_at || step.state === 'running') && (
                <span className="text-xs text-quiet">
                  <Duration from={step.started_at} to={step.ended_at} />
                </span>
              )}
            </div>
            {step.state === 'running' && <StepProgress step={step} of={step.name} />}
            {step.error && <p className="text-danger break-words">{step.error}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}
