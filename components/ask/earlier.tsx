'use client'
import { Button } from '@mui/material'
import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { formatConfidence } from '@/components/ui/format'
import { SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

/** Questions asked before, newest first. */
export function useEarlier() {
  return useInfiniteQuery(
    orpc.neural.listResults.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: 12, ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  )
}

export function Earlier({ current }: { current: string | null }) {
  const query = useEarlier()
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.error && items.length === 0)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} title="Earlier questions could not be loaded" />
  if (query.isPending) return <SkeletonRows rows={4} label="Loading earlier questions" />
  if (items.length === 0) return null
  return (
    <section aria-label="Earlier questions">
      <SectionTitle>Earlier</SectionTitle>
      <ul className="divide-y divide-line border-b border-line">
        {items.map((item) => (
          <li key={item.id}>
            <Link
              prefetch={false}
              href={`/ask?result=${item.id}`}
              aria-current={item.id === current ? 'true' : undefined}
              className="-mx-2 flex min-h-11 flex-col justify-center rounded-md px-2 py-1.5 hover:bg-raised"
            >
              <span className={`line-clamp-2 break-words ${item.id === current ? 'font-semibold' : ''}`}>{item.question}</span>
              <span className="text-xs text-quiet">
                <Ago at={item.created_at} /> · {item.mode} · {item.status === 'no_answer' ? 'no answer' : `sure ${formatConfidence(item.confidence)}`}
              </span>
            </Link>
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
