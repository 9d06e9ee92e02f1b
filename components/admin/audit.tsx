'use client'
import { Button, MenuItem, TextField } from '@mui/material'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { FileDown, ScrollText } from 'lucide-react'
import { useCallback } from 'react'
import { client, orpc } from '@/components/api/client'
import { ExportFiles, useStartExport } from '@/components/exports/exports'
import { Ago } from '@/components/ui/ago'
import { FilterField } from '@/components/ui/filter-field'
import { formatNumber, plural } from '@/components/ui/format'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { VirtualRows } from '@/components/ui/virtual-rows'
import { OutcomeBadge, whoName } from './audit-labels'
import { AuditRowPanel } from './audit-row'
import { AuditVerify } from './audit-verify'

type Row = Awaited<ReturnType<typeof client.audit.listAudit>>['items'][number]

const columns =
  'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 @3xl:grid-cols-[3.5rem_7rem_minmax(0,1fr)_minmax(0,1.3fr)_minmax(0,1fr)_8rem_5rem]'
const outcomes = ['done', 'refused', 'failed'] as const
const names = ['op', 'actor', 'outcome', 'from', 'to'] as const

/** A day of a date field as the moment it begins, or ends, here. */
const dayEdge = (day: string, end: boolean) => {
  const at = new Date(`${day}T${end ? '23:59:59.999' : '00:00:00'}`)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

function useFilters() {
  const { params, change } = useUrlState()
  const [op, actor, outcome, from, to] = names.map((name) => params.get(name) ?? '') as [string, string, string, string, string]
  const set = useCallback((changes: Partial<Record<(typeof names)[number], string>>) => change(changes, { replace: true }), [change])
  const input = {
    ...(op ? { operation: op } : {}),
    ...(actor ? { actor } : {}),
    ...(outcomes.some((known) => known === outcome) ? { outcome: outcome as (typeof outcomes)[number] } : {}),
    ...(dayEdge(from, false) ? { from: dayEdge(from, false) } : {}),
    ...(dayEdge(to, true) ? { to: dayEdge(to, true) } : {}),
  }
  const row = /^[1-9]\d{0,14}$/.exec(params.get('row') ?? '')
  const openRow = useCallback((sequence: number | null) => change({ row: sequence === null ? null : String(sequence) }), [change])
  return { op, actor, outcome, from, to, set, input, row: row ? Number(row[0]) : null, openRow }
}

/** Admin > Audit: who did what, provably complete. */
export function AuditPage() {
  const filters = useFilters()
  const queryClient = useQueryClient()
  const start = useStartExport(() => client.audit.startAuditExport({}))
  const state = useQuery(orpc.audit.auditLogState.queryOptions({ input: {}, refetchInterval: 10_000 }))
  const query = useInfiniteQuery(
    orpc.audit.listAudit.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: 100, ...filters.input, ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  )
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const total = query.data?.pages[0]?.total
  const filtered = Object.keys(filters.input).length > 0
  const clear = () => filters.set(Object.fromEntries(names.map((name) => [name, ''])))
  const signed = state.data?.checkpoint
  return (
    <>
      <PageHead
        title="Audit"
        actions={
          <Button variant="outlined" startIcon={<FileDown size={16} aria-hidden />} loading={start.isPending} onClick={() => start.mutate()}>
            Export
          </Button>
        }
      >
        {state.data ? (
          <>
            {plural(state.data.size, 'row', 'rows')}
            {signed ? (
              <>
                , {signed.size === state.data.size ? 'all' : formatNumber(signed.size)} in the checkpoint signed <Ago at={signed.signed_at} />
              </>
            ) : (
              ', not signed yet'
            )}
          </>
        ) : (
          'Who did what, on what, from where, and with what result'
        )}
      </PageHead>
      <ExportFiles kind="audit" className="mb-3" />
      <AuditVerify openRow={filters.openRow} onRead={() => void queryClient.invalidateQueries({ queryKey: orpc.audit.key() })} />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <FilterField label="Operation begins with" value={filters.op} onChange={(op) => filters.set({ op })} />
        <TextField
          select
          label="Result"
          value={outcomes.some((known) => known === filters.outcome) ? filters.outcome : ''}
          onChange={(event) => filters.set({ outcome: event.target.value })}
          className="w-32"
        >
          <MenuItem value="">Any</MenuItem>
          {outcomes.map((outcome) => (
            <MenuItem key={outcome} value={outcome}>
              {outcome}
            </MenuItem>
          ))}
        </TextField>
        {(['from', 'to'] as const).map((name) => (
          <TextField
            key={name}
            type="date"
            label={name === 'from' ? 'From' : 'Until'}
            value={filters[name]}
            onChange={(event) => filters.set({ [name]: event.target.value })}
            slotProps={{ inputLabel: { shrink: true } }}
          />
        ))}
        {filters.actor && (
          <Button variant="outlined" onClick={() => filters.set({ actor: '' })} aria-label="Take the filter by person away">
            {items[0] && items[0].actor.id === filters.actor ? whoName(items[0].actor) : filters.actor.slice(0, 8)} ×
          </Button>
        )}
        {filtered && <Button onClick={clear}>Clear</Button>}
      </div>
      {query.error && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The audit log could not be loaded" />
      ) : query.isPending ? (
        <Panel>
          <SkeletonRows rows={10} height={52} label="Loading the audit log" />
        </Panel>
      ) : items.length === 0 ? (
        <Panel>
          <EmptyState
            icon={<ScrollText size={24} />}
            title={filtered ? 'No row fits' : 'Nothing was recorded yet'}
            action={
              filtered ? (
                <Button variant="outlined" onClick={clear}>
                  Show all
                </Button>
              ) : undefined
            }
          />
        </Panel>
      ) : (
        <AuditTable items={items} query={query} filters={filters} />
      )}
      <p role="status" className="mt-2 text-xs text-quiet">
        {query.isFetchingNextPage ? 'Loading more' : total !== undefined && `${formatNumber(items.length)} of ${plural(total, 'row', 'rows')}`}
      </p>
      <AuditRowPanel sequence={filters.row} close={() => filters.openRow(null)} />
    </>
  )
}

type TableProps = {
  items: Row[]
  query: { isFetching: boolean; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  filters: ReturnType<typeof useFilters>
}

function AuditTable({ items, query, filters }: TableProps) {
  return (
    <Panel className="overflow-clip">
      <table aria-label="Audit log" aria-busy={query.isFetching} className="@container block">
        <thead className="block">
          <tr className={`${columns} border-b border-line px-3 py-2 text-left text-xs text-quiet max-sm:sr-only`}>
            {['Row', 'When', 'Who', 'What', 'On', 'From', 'Result'].map((name) => (
              <th key={name} scope="col" className={`font-normal ${name === 'What' || name === 'Result' ? '' : 'hidden @3xl:block'}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <VirtualRows
          rowClass={`${columns} min-h-13`}
          isCurrent={(index) => items[index]?.entry.sequence === filters.row}
          count={items.length}
          rowHeight={53}
          keyOf={(index) => String(items[index]?.entry.sequence ?? index)}
          hasMore={query.hasNextPage}
          busy={query.isFetchingNextPage}
          loadMore={() => void query.fetchNextPage()}
        >
          {(index) => {
            const row = items[index]
            return row && <Cells row={row} filters={filters} />
          }}
        </VirtualRows>
      </table>
    </Panel>
  )
}

function Cells({ row: { entry, actor, impersonator, personal }, filters }: { row: Row; filters: TableProps['filters'] }) {
  const who = impersonator ? `${whoName(impersonator)} as ${whoName(actor)}` : whoName(actor)
  const address = personal.map(({ values }) => values.address).find(Boolean)
  return (
    <>
      <td className="hidden text-xs text-quiet tabular-nums @3xl:block">{entry.sequence}</td>
      <td className="hidden text-xs text-quiet @3xl:block">
        <Ago at={entry.at} />
      </td>
      <td className="hidden min-w-0 @3xl:block">
        <button
          type="button"
          title={`Only what ${who} did`}
          onClick={() => filters.set({ actor: actor.id })}
          className="relative z-10 block max-w-full truncate rounded-sm text-left hover:underline"
        >
          {who}
        </button>
      </td>
      <td className="min-w-0 py-2">
        <button
          type="button"
          data-row-focus
          onClick={() => filters.openRow(entry.sequence)}
          className="block w-full truncate rounded-sm text-left font-mono text-xs font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {entry.operation}
        </button>
        <p className="truncate text-xs text-quiet @3xl:hidden">
          {who} · <Ago at={entry.at} />
        </p>
      </td>
      <td className="hidden truncate font-mono text-xs text-quiet @3xl:block">{entry.target ?? ''}</td>
      <td className="hidden truncate text-xs text-quiet @3xl:block">{address ?? (entry.personal.length > 0 ? 'erased' : '')}</td>
      <td className="text-right @3xl:text-left">
        <OutcomeBadge outcome={entry.outcome} />
      </td>
    </>
  )
}
