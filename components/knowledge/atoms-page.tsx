'use client'
import { Button } from '@mui/material'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Atom } from 'lucide-react'
import Link from 'next/link'
import { useCallback } from 'react'
import { orpc } from '@/components/api/client'
import type { AtomSummary } from '@/components/api/types'
import { DomainMark, DomainTag } from '@/components/ui/domain'
import { FilterField } from '@/components/ui/filter-field'
import { formatNumber, humanise, plural } from '@/components/ui/format'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useSelectedAtom, useUrlState } from '@/components/ui/url-state'
import { VirtualRows } from '@/components/ui/virtual-rows'
import { FacetList } from './facet-list'

const columns = 'grid grid-cols-[minmax(0,1fr)_auto] @2xl:grid-cols-[minmax(0,1fr)_7rem_12rem_4.5rem] items-center gap-x-4'

/** Atoms: every piece of knowledge, by domain, kind and words. */
export function AtomsPage() {
  const { params, change } = useUrlState()
  const q = params.get('q') ?? ''
  const domain = params.get('domain') ?? undefined
  const kind = params.get('kind') ?? undefined
  const query = useInfiniteQuery(
    orpc.neural.listAtoms.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: 100,
        ...(q ? { q } : {}),
        ...(domain ? { domain } : {}),
        ...(kind ? { kind } : {}),
        ...(cursor ? { cursor } : {}),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      placeholderData: keepPreviousData,
    }),
  )
  const setQ = useCallback((value: string) => change({ q: value }, { replace: true }), [change])
  const first = query.data?.pages[0]
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const filtered = q !== '' || domain !== undefined || kind !== undefined
  const clear = () => change({ q: null, domain: null, kind: null })
  return (
    <div className="mx-auto max-w-7xl p-4 sm:p-6">
      <PageHead title="Atoms">
        {first
          ? `${plural(first.total, 'atom', 'atoms')}${filtered ? ' fit' : ', each one text however many sources say it'}`
          : 'Every piece of knowledge'}
      </PageHead>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <FilterField label="Search the atoms" value={q} onChange={setQ} />
        {domain && (
          <Button
            variant="outlined"
            onClick={() => change({ domain: null })}
            aria-label={`Domain ${domain}, take the filter away`}
            startIcon={<DomainMark name={domain} />}
          >
            {domain} ×
          </Button>
        )}
        {kind && (
          <Button variant="outlined" onClick={() => change({ kind: null })} aria-label={`Kind ${kind}, take the filter away`}>
            {humanise(kind)} ×
          </Button>
        )}
        {filtered && <Button onClick={clear}>Clear</Button>}
      </div>
      {query.error && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The atoms could not be loaded" />
      ) : (
        <div className="grid grid-cols-1 items-start gap-4 @4xl:grid-cols-[13rem_minmax(0,1fr)]">
          <div className="flex flex-col gap-4 @4xl:sticky @4xl:top-4">
            <FacetList
              title="Domains"
              values={first?.facets.domains}
              active={domain}
              onPick={(value) => change({ domain: value })}
              mark={(value) => <DomainMark name={value} />}
            />
            <FacetList title="Kinds" values={first?.facets.kinds} active={kind} onPick={(value) => change({ kind: value })} label={humanise} />
          </div>
          <AtomTable query={query} items={items} filtered={filtered} clear={clear} />
        </div>
      )}
    </div>
  )
}

type TableProps = {
  query: { isPending: boolean; isFetching: boolean; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  items: AtomSummary[]
  filtered: boolean
  clear: () => void
}

function AtomTable({ query, items, filtered, clear }: TableProps) {
  const { atomId, select } = useSelectedAtom()
  if (query.isPending)
    return (
      <Panel>
        <SkeletonRows rows={10} height={60} label="Loading atoms" />
      </Panel>
    )
  if (items.length === 0)
    return (
      <EmptyState
        icon={<Atom size={28} />}
        title={filtered ? 'No atom fits' : 'No atom yet'}
        action={
          filtered ? (
            <Button variant="outlined" onClick={clear}>
              Show all
            </Button>
          ) : (
            <Button component={Link} href="/knowledge" variant="contained">
              Add documents
            </Button>
          )
        }
      >
        {filtered ? 'Search looks for the words themselves; asking searches the meaning too.' : 'Atoms appear as soon as the first document is read.'}
      </EmptyState>
    )
  return (
    <div className="min-w-0">
      <Panel className="overflow-clip">
        <table aria-label="Atoms" aria-busy={query.isFetching} className="@container block">
          <thead className="block">
            <tr className={`${columns} border-b border-line px-3 py-2 text-left text-xs text-quiet max-sm:sr-only`}>
              <th scope="col" className="font-normal">
                Atom
              </th>
              {['Kind', 'Domains'].map((name) => (
                <th key={name} scope="col" className="hidden font-normal @2xl:block">
                  {name}
                </th>
              ))}
              <th scope="col" className="text-right font-normal">
                Sources
              </th>
            </tr>
          </thead>
          <VirtualRows
            rowClass={`${columns} min-h-15`}
            isCurrent={(index) => items[index]?.id === atomId}
            count={items.length}
            rowHeight={61}
            keyOf={(index) => items[index]?.id ?? String(index)}
            hasMore={query.hasNextPage}
            busy={query.isFetchingNextPage}
            loadMore={() => void query.fetchNextPage()}
          >
            {(index) => {
              const atom = items[index]
              return atom && <AtomRow atom={atom} select={() => select(atom.id)} />
            }}
          </VirtualRows>
        </table>
      </Panel>
      <p role="status" className="mt-2 text-xs text-quiet">
        {query.isFetchingNextPage
          ? 'Loading more'
          : query.hasNextPage
            ? `${formatNumber(items.length)} shown, more as you scroll`
            : plural(items.length, 'atom', 'atoms')}
      </p>
    </div>
  )
}

function AtomRow({ atom, select }: { atom: AtomSummary; select: () => void }) {
  const [domain, ...more] = atom.knowledge_domains
  return (
    <>
      <td className="min-w-0 py-2">
        <button
          type="button"
          data-row-focus
          onClick={select}
          className="block w-full truncate rounded-sm text-left font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {atom.title || 'Untitled'}
        </button>
        <p className="truncate text-xs text-quiet">{atom.semantic_summary}</p>
      </td>
      <td className="hidden truncate text-quiet @2xl:block">{humanise(atom.kind)}</td>
      <td className="hidden min-w-0 items-center gap-1 @2xl:flex">
        {domain && <DomainTag name={domain} />}
        {more.length > 0 && (
          <span className="shrink-0 text-xs text-quiet" title={more.join(', ')}>
            +{more.length}
          </span>
        )}
      </td>
      <td className="text-right text-quiet">{formatNumber(atom.sources)}</td>
    </>
  )
}
