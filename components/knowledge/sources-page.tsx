'use client'
import { Button } from '@mui/material'
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { FileDown, FileText } from 'lucide-react'
import { useCallback, useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useStatus } from '@/components/api/queries'
import type { Source, SourceState } from '@/components/api/types'
import { ExportFiles, useStartExport } from '@/components/exports/exports'
import { reading } from '@/components/frame/ingestion-state'
import { isLive } from '@/components/live/use-live'
import { QueuedList } from '@/components/offline/queued-list'
import { FilterField } from '@/components/ui/filter-field'
import { formatNumber, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { VirtualRows } from '@/components/ui/virtual-rows'
import { AddSources } from './add-sources'
import { DeleteDialog } from './delete-dialog'
import { SourceRow, sourceColumns } from './source-row'
import { stateLooks } from './source-state'
import { Uploads } from './uploads'

const states = ['ready', 'processing', 'queued', 'failed'] as const
const isState = (value: string | null): value is SourceState => states.some((state) => state === value)

function useSources(state: SourceState | undefined, q: string) {
  return useInfiniteQuery(
    orpc.neural.listSources.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: 100, ...(state ? { state } : {}), ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
      // Without events the list is asked again while something is being read, but not once hundreds of rows are open.
      refetchInterval: ({ state: { data } }) => {
        const counts = data?.pages[0]?.counts
        return !isLive() && counts && counts.queued + counts.processing > 0 ? (data.pages.length > 3 ? 10_000 : 2_000) : false
      },
    }),
  )
}

/** Sources: what was given to AIA, how far it is read, and ways to add more. */
export function SourcesPage() {
  const { params, change } = useUrlState()
  const given = params.get('state')
  const state = isState(given) ? given : undefined
  const q = params.get('q') ?? ''
  const query = useSources(state, q)
  const { data: status } = useStatus()
  const [removing, setRemoving] = useState<Source | null>(null)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const retry = useMutation({
    mutationFn: (source: Source) => client.neural.retrySource({ id: source.id }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.neural.listSources.key() }),
    onError: (error) => notices.fail('It could not be read again.', error),
  })
  const start = useStartExport(() => client.neural.exportKnowledge({}))
  const setQ = useCallback((value: string) => change({ q: value }, { replace: true }), [change])

  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const counts = query.data?.pages[0]?.counts
  const total = counts ? states.reduce((sum, name) => sum + counts[name], 0) : 0
  const work = status ? reading(status) : null
  const untouched = query.isSuccess && total === 0 && !q && !state
  return (
    <div className="mx-auto max-w-7xl p-4 sm:p-6">
      <PageHead
        title="Sources"
        actions={
          !untouched && (
            <Button variant="outlined" startIcon={<FileDown size={16} aria-hidden />} loading={start.isPending} onClick={() => start.mutate()}>
              Export
            </Button>
          )
        }
      >
        {work
          ? work.label
          : status
            ? `${plural(status.sources.ready, 'document', 'documents')} read into ${plural(status.atoms, 'atom', 'atoms')}`
            : 'Documents that were read'}
      </PageHead>
      <ExportFiles kind="knowledge" className="mb-3" />
      <AddSources first={untouched} />
      <Uploads />
      <QueuedList kind="document" />
      {!untouched && (
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <FilterField label="Filter by title" value={q} onChange={setQ} />
          <fieldset aria-label="Filter by state" className="flex flex-wrap gap-1">
            <StateFilter label="All" count={counts ? total : undefined} active={!state} onClick={() => change({ state: null })} />
            {states.map((name) => (
              <StateFilter
                key={name}
                label={stateLooks[name].label}
                count={counts?.[name]}
                active={state === name}
                onClick={() => change({ state: state === name ? null : name })}
              />
            ))}
          </fieldset>
        </div>
      )}
      <SourceTable
        query={query}
        items={items}
        filtered={q !== '' || state !== undefined}
        clear={() => change({ q: null, state: null })}
        retry={(source) => retry.mutate(source)}
        remove={setRemoving}
      />
      <DeleteDialog source={removing} close={() => setRemoving(null)} />
    </div>
  )
}

function StateFilter({ label, count, active, onClick }: { label: string; count: number | undefined; active: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={active}
      onClick={onClick}
      className={`inline-flex h-9 items-center gap-1.5 rounded-md border px-2.5 touch:h-11 ${active ? 'border-accent bg-raised text-ink' : 'border-line text-quiet hover:text-ink'}`}
    >
      {label} {count !== undefined && <span className="text-xs">{formatNumber(count)}</span>}
    </button>
  )
}

type TableProps = {
  query: ReturnType<typeof useSources>
  items: Source[]
  filtered: boolean
  clear: () => void
  retry: (source: Source) => void
  remove: (source: Source) => void
}

function SourceTable({ query, items, filtered, clear, retry, remove }: TableProps) {
  if (query.error && items.length === 0)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The sources could not be loaded" />
  if (query.isPending)
    return (
      <Panel>
        <SkeletonRows rows={8} height={56} label="Loading sources" />
      </Panel>
    )
  if (items.length === 0)
    return filtered ? (
      <EmptyState
        icon={<FileText size={28} />}
        title="No source fits this filter"
        action={
          <Button variant="outlined" onClick={clear}>
            Show all
          </Button>
        }
      />
    ) : (
      <EmptyState icon={<FileText size={28} />} title="No document yet">
        Add the first one above. You can ask about it as soon as it is read.
      </EmptyState>
    )
  return (
    <>
      <Panel className="overflow-clip">
        <table aria-label="Sources" aria-busy={query.isFetching} className="@container block">
          <thead className="block">
            <tr className={`${sourceColumns} border-b border-line px-3 py-2 text-left text-xs text-quiet max-sm:sr-only`}>
              <th scope="col" className="font-normal">
                Title
              </th>
              <th scope="col" className="hidden font-normal @3xl:block">
                State
              </th>
              {['Atoms', 'Pathways', 'Size', 'Added'].map((name) => (
                <th key={name} scope="col" className="hidden text-right font-normal @3xl:block">
                  {name}
                </th>
              ))}
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <VirtualRows
            rowClass={`${sourceColumns} min-h-14`}
            count={items.length}
            rowHeight={57}
            keyOf={(index) => items[index]?.id ?? String(index)}
            hasMore={query.hasNextPage}
            busy={query.isFetchingNextPage}
            loadMore={() => void query.fetchNextPage()}
          >
            {(index) => {
              const source = items[index]
              return source && <SourceRow source={source} retry={() => retry(source)} remove={() => remove(source)} />
            }}
          </VirtualRows>
        </table>
      </Panel>
      <p role="status" className="mt-2 text-xs text-quiet">
        {query.isFetchingNextPage
          ? 'Loading more'
          : query.hasNextPage
            ? `${formatNumber(items.length)} shown, more as you scroll`
            : plural(items.length, 'source', 'sources')}
      </p>
    </>
  )
}
