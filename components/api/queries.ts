import { MutationCache, QueryCache, QueryClient, useQuery } from '@tanstack/react-query'
import { orpc } from './client'
import { isAborted, Problem, toProblem } from './problem'
import { reportSessionEnded } from './session-state'

/** Refused until somebody proves again who it is: the session goes on. */
const asksForProof = new Set(['step-up-required', 'mfa-required'])

const onError = (error: unknown) => {
  if (error instanceof Problem && error.status === 401 && !asksForProof.has(error.code)) reportSessionEnded()
}

/** One client for the whole console. Only failures that may pass by themselves are tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) => {
          if (isAborted(error)) return false
          const { status } = toProblem(error)
          return count < 2 && (status === 0 || status === 429 || status >= 502)
        },
        retryDelay: (count, error) => Math.min(10_000, (toProblem(error).retryAfterS ?? 2 ** count) * 1000),
      },
      mutations: { retry: false },
    },
  })
}

/** Who is signed in, for which enterprise. */
export const useProfile = () => useQuery(orpc.auth.profile.queryOptions({ input: {}, staleTime: 60_000, refetchOnWindowFocus: 'always' }))

/** What the knowledge stands at; asked every 2 s while documents are being read, else every 20 s. */
export const useStatus = () =>
  useQuery(
    orpc.neural.status.queryOptions({
      input: {},
      refetchInterval: ({ state }) => {
        const data = state.data
        return data && (data.starter !== null || data.sources.queued + data.sources.processing > 0) ? 2_000 : 20_000
      },
    }),
  )
