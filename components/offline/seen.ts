import type { QueryCache, QueryKey, QueryPersister } from '@tanstack/react-query'
import { toProblem } from '@/components/api/problem'
import { answered, transact } from './database'
import { lastOwner, ownerEpoch, ownerIn } from './owner'
import { type Kept, limits, overflow, weigh } from './seen-limits'

const keptModules = new Set(['neural', 'analytics'])
const keptOperations = new Set(['auth.profile', 'auth.listEnterprises'])
const keptKeys = new Set<unknown>(['source-content', 'graph'])

/** Knowledge and figures are kept for offline; what the Admin area shows (people, keys, records) never stays in a browser. */
export function isKept(key: QueryKey): boolean {
  const [first] = key
  if (!Array.isArray(first)) return keptKeys.has(first)
  return keptModules.has(String(first[0])) || keptOperations.has(first.join('.'))
}

type Seen = { data: unknown; seenAt: number }

async function keep(queryHash: string, data: unknown, asked: number): Promise<void> {
  const bytes = weigh(data)
  if (bytes > limits.entryBytes) return
  const owner = await ownerIn(asked)
  if (!owner) return
  const seenAt = Date.now()
  await transact(['seen', 'sizes'], async (store) => {
    const key = [owner, queryHash]
    store('seen').put({ data, seenAt } satisfies Seen, key)
    store('sizes').put({ key, seenAt, bytes } satisfies Kept, key)
    for (const old of overflow((await answered(store('sizes').getAll())) as Kept[])) {
      store('seen').delete(old.key)
      store('sizes').delete(old.key)
    }
  })
}

async function find(queryHash: string): Promise<Seen | null> {
  const owner = await lastOwner()
  if (!owner) return null
  return transact(['seen'], async (store) => ((await answered(store('seen').get([owner, queryHash]))) as Seen | undefined) ?? null)
}

/** Keeps what queries give, and gives it again while the server cannot be reached. A browser that keeps nothing is no error. */
export const persistSeen: QueryPersister = async (queryFn, context, query) => {
  const { queryKey, queryHash } = query
  if (!isKept(queryKey)) return queryFn(context)
  const asked = ownerEpoch()
  try {
    const data = await queryFn(context)
    void keep(queryHash, data, asked).catch(() => undefined)
    return data
  } catch (error) {
    if (toProblem(error).status !== 0) throw error
    const seen = await find(queryHash).catch(() => null)
    if (!seen) throw error
    return seen.data as Awaited<ReturnType<typeof queryFn>>
  }
}

/** Keeps also what was put into the cache by hand, such as an answer that was streamed and the judgements about it. */
export function keepWhatIsPut(cache: QueryCache): void {
  cache.subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || !event.action.manual) return
    const { queryKey, queryHash, state } = event.query
    if (isKept(queryKey)) void keep(queryHash, state.data, ownerEpoch()).catch(() => undefined)
  })
}
