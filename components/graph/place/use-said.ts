'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { client, orpc } from '@/components/api/client'

const pageSize = 200
const mostPages = 5

/** Atoms whose text has the words of a search. */
export interface Said {
  /** 1 for each of them in the graph; null while nothing is searched for or the answer is not there yet. */
  nodes: Uint8Array | null
  /** The texts are being searched. */
  isPending: boolean
  /** There are more than were asked for. */
  isPart: boolean
  /** The texts could not be searched. */
  failed: boolean
}

/** Ids of atoms whose title or text has these words as they stand, at most 1,000. */
async function atomsThatSay(q: string, signal: AbortSignal): Promise<{ ids: string[]; isPart: boolean }> {
  const ids: string[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page++) {
    const answer: Awaited<ReturnType<typeof client.neural.listAtoms>> = await client.neural.listAtoms(
      { q, limit: pageSize, ...(cursor ? { cursor } : {}) },
      { signal },
    )
    for (const { id } of answer.items) ids.push(id)
    cursor = answer.next_cursor
    if (cursor === null) break
  }
  return { ids, isPart: cursor !== null }
}

/** The graph has the names only: for words in the texts the server is asked, as Knowledge asks it. */
export function useSaid(q: string, count: number, indexOf: (id: string) => number): Said {
  const { data, error, isLoading } = useQuery({
    queryKey: [...orpc.neural.listAtoms.key(), 'said', q],
    queryFn: ({ signal }) => atomsThatSay(q, signal),
    enabled: q !== '',
    staleTime: 30_000,
  })
  const nodes = useMemo(() => {
    if (!data || q === '') return null
    const found = new Uint8Array(count)
    for (const id of data.ids) {
      const node = indexOf(id)
      if (node >= 0) found[node] = 1
    }
    return found
  }, [data, q, count, indexOf])
  return { nodes, isPending: isLoading, isPart: data?.isPart === true && q !== '', failed: error !== null && q !== '' }
}
