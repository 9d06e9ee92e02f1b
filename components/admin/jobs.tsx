'use client'
import { Button, MenuItem, TextField } from '@mui/material'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import { orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { Ago } from '@/components/ui/ago'
import { humanise, plural } from '@/components/ui/format'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { VirtualRows } from '@/components/ui/virtual-rows'
import { JobPanel } from './job-panel'
import { Duration, isOpen, type Job, JobActions, JobBadge, StepProgress, subjectOf } from './job-parts'

const states = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
const columns = 'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 @3xl:grid-cols-[minmax(0,1.4fr)_6rem_minmax(0,1fr)_6rem_7rem_8.5rem]'
const liveMs = 2_000
const calmMs = 15_000

/** Admin > Jobs: what AIA does in the background, how far it is, and what failed. */
export function JobsPage() {
  const { params, change } = useUrlState()
  const { data: profile } = useProfile()
  const may = profile?.permissions.some((permission) => permission === 'jobs.manage') ?? false
  const name = params.get('name') ?? ''
  const state = states.find((known) => known === params.get('state'))
  const query = useInfiniteQuery(
    orpc.jobs.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: 50, ...(name ? { name } : {}), ...(state ? { state } : {}), ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
      // Often while something runs; now and then for what others start.
      refetchInterval: ({ state: { data } }) => (data?.pages.some(({ items }) => items.some(isOpen)) ? liveMs : calmMs),
    }),
  )
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const names = query.data?.pages[0]?.names ?? []
  const open = items.filter(isOpen).length
  const filtered = name !== '' || state !== undefined
  const clear = () => change({ name: null, state: null }, { replace: true })
  const show = (id: string | null) => change({ job: id })
  return (
    <>
      <PageHead title="Jobs">What AIA does in the background: each goes on after a crash, in any process, and ends once.</PageHead>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <TextField
          select
          label="Kind"
          value={names.includes(name) ? name : ''}
          onChange={(event) => change({ name: event.target.value || null }, { replace: true })}
          className="w-48"
        >
          <MenuItem value="">Any</MenuItem>
          {names.map((each) => (
            <MenuItem key={each} value={each}>
              {humanise(each)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          label="State"
          value={state ?? ''}
          onChange={(event) => change({ state: event.target.value || null }, { replace: true })}
          className="w-36"
        >
          <MenuItem value="">Any</MenuItem>
          {states.map((each) => (
            <MenuItem key={each} value={each}>
              {humanise(each)}
            </MenuItem>
          ))}
        </TextField>
        {filtered && <Button onClick={clear}>Clear</Button>}
      </div>
      {query.error && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The jobs could not be loaded" />
      ) : query.isPending ? (
        <Panel>
          <SkeletonRows rows={8} height={56} label="Loading the jobs" />
        </Panel>
      ) : items.length === 0 ? (
        <Panel>
          <EmptyState
            icon={<ListChecks size={24} />}
            title={filtered ? 'No job fits' : 'Nothing has run yet'}
            action={
              filtered ? (
                <Button variant="outlined" onClick={clear}>
                  Show all
                </Button>
              ) : undefined
            }
          >
            {filtered ? null : 'Add a document under Knowledge: reading it is the first job.'}
          </EmptyState>
        </Panel>
      ) : (
        <Panel className="overflow-clip">
          <table aria-label="Jobs" className="@container block">
            <thead className="block">
              <tr className={`${columns} border-b border-line px-3 py-2 text-left text-xs text-quiet max-sm:sr-only`}>
                {['Job', 'State', 'Progress', 'Took', 'Started', ''].map((title) => (
                  <th key={title} scope="col" className={`font-normal ${title === 'Job' || title === 'State' ? '' : 'hidden @3xl:block'}`}>
                    {title || <span className="sr-only">Actions</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <VirtualRows
              rowClass={`${columns} min-h-14`}
              isCurrent={(index) => items[index]?.id === params.get('job')}
              count={items.length}
              rowHeight={57}
              keyOf={(index) => items[index]?.id ?? String(index)}
              hasMore={query.hasNextPage}
              busy={query.isFetchingNextPage}
              loadMore={() => void query.fetchNextPage()}
            >
              {(index) => {
                const job = items[index]
                return job && <Cells job={job} may={may} show={show} />
              }}
            </VirtualRows>
          </table>
        </Panel>
      )}
      <p role="status" className="mt-2 text-xs text-quiet">
        {query.isFetchingNextPage
          ? 'Loading more'
          : query.data && `${plural(items.length, 'job', 'jobs')}${query.hasNextPage ? ' so far' : ''}${open > 0 ? `, ${open} not ended` : ''}`}
      </p>
      <JobPanel id={params.get('job')} close={() => show(null)} may={may} />
    </>
  )
}

function Cells({ job, may, show }: { job: Job; may: boolean; show: (id: string) => void }) {
  const subject = subjectOf(job)
  const { step } = job
  return (
    <>
      <td className="min-w-0 py-2">
        <button
          type="button"
          data-row-focus
          onClick={() => show(job.id)}
          className="block w-full truncate rounded-sm text-left font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {subject || humanise(job.name)}
        </button>
        <p className="truncate text-xs text-quiet">
          {subject ? humanise(job.name) : job.scheduled ? 'by the clock' : 'for the enterprise'}
          <span className="@3xl:hidden">
            {' · '}
            <Ago at={job.started_at ?? job.created_at} />
          </span>
        </p>
      </td>
      <td>
        <JobBadge state={job.state} />
      </td>
      <td className="hidden min-w-0 @3xl:block">
        {job.state === 'running' && step ? (
          step.progress ? (
            <StepProgress step={step} of={subject || job.name} />
          ) : (
            <span className="text-quiet">{humanise(step.name)}</span>
          )
        ) : job.state === 'failed' && step?.error ? (
          <span className="block truncate text-danger" title={step.error}>
            {step.error}
          </span>
        ) : null}
      </td>
      <td className="hidden text-quiet @3xl:block">
        <Duration from={job.started_at} to={job.ended_at} />
      </td>
      <td className="hidden text-xs text-quiet @3xl:block">
        <Ago at={job.started_at ?? job.created_at} />
      </td>
      {/* Above the button that covers the row. */}
      <td className="relative z-10 hidden justify-self-end @3xl:block">
        <JobActions job={job} may={may} />
      </td>
    </>
  )
}
