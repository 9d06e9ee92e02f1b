'use client'
import { Button } from '@mui/material'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { orpc } from '@/components/api/client'
import { formatNumber, humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'

/** The atoms of one source; choosing one opens its panel and goes to its words. */
export function SourceOutline({ sourceId }: { sourceId: string }) {
  const { params, change } = useUrlState()
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [going, setGoing] = useState<string | null>(null)
  const query = useInfiniteQuery(
    orpc.neural.listAtoms.infiniteOptions({
      input: (cursor: string | undefined) => ({ source_id: sourceId, limit: 50, ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  )
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const total = query.data?.pages[0]?.total ?? 0
  const open = async (id: string) => {
    setGoing(id)
    try {
      const atom = await queryClient.fetchQuery(orpc.neural.getAtom.queryOptions({ input: { id }, staleTime: 30_000 }))
      const place = atom.occurrences.find(({ source_id }) => source_id === sourceId)
      change({ atom: id, ...(place ? { start: String(place.start), end: String(place.end) } : {}) })
    } catch (error) {
      notices.fail('The atom could not be opened.', error)
    } finally {
      setGoing(null)
    }
  }
  return (
    <section aria-label="Atoms of this source">
      <SectionTitle aside={query.data ? formatNumber(total) : undefined}>Atoms</SectionTitle>
      {query.error && items.length === 0 && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The atoms could not be loaded" />
      )}
      {query.isPending && <SkeletonRows rows={6} height={40} label="Loading atoms" />}
      <ul className="divide-y divide-line border-y border-line empty:hidden">
        {items.map((atom) => (
          <li key={atom.id}>
            <button
              type="button"
              onClick={() => void open(atom.id)}
              aria-pressed={atom.id === params.get('atom')}
              aria-busy={atom.id === going}
              className={`-mx-2 block w-[calc(100%+1rem)] rounded-md px-2 py-1.5 text-left hover:bg-raised touch:min-h-11 ${atom.id === params.get('atom') ? 'bg-raised' : ''}`}
            >
              <span className="block truncate">{atom.title || atom.semantic_summary}</span>
              <span className="block truncate text-xs text-quiet">
                {humanise(atom.kind)}
                {atom.sources > 1 && ` · also in ${formatNumber(atom.sources - 1)} other`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage} className="mt-1 -ml-3">
          Show more
        </Button>
      )}
    </section>
  )
}
