import { MutationCache, QueryCache, QueryClient, useQuery } from '@tanstack/react-query'
import { isLive } from '@/components/live/use-live'
import { keepWhatIsPut, persistSeen } from '@/components/offline/seen'
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
  const queryCache = new QueryCache({ onError })
  keepWhatIsPut(queryCache)
  return new QueryClient({
    queryCache,
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // Without a connection a query is asked too: what was seen answers it (components/offline/seen.ts).
        networkMode: 'always',
        persister: persistSeen,
        retry: (count, error) => {
          if (isAborted(error)) return false
          const { status } = toProblem(error)
          return count < 2 && ((status === 0 && navigator.onLine) || status === 429 || status >= 502)
        },
        retryDelay: (count, error) => Math.min(10_000, (toProblem(error).retryAfterS ?? 2 ** count) * 1000),
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** Who is signed in, for which enterprise. */
export const useProfile = () => useQuery(orpc.auth.profile.queryOptions({ input: {}, staleTime: 60_000, refetchOnWindowFocus: 'always' }))

/** What the knowledge stands at. Events tell when it changed; without them it is asked by the clock. */
export const useStatus = () => useQuery(orpc.neural.status.queryOptions({ input: {}, refetchInterval: () => (isLive() ? false : 5_000) }))
