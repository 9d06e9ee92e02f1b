'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { type client, orpc } from '@/components/api/client'

export type Series = Awaited<ReturnType<typeof client.analytics.series>>
export type SeriesRequest = Parameters<typeof client.analytics.series>[0]
export type MetricInfo = Awaited<ReturnType<typeof client.analytics.metrics>>['items'][number]

/** What is measured reaches the store four times a minute (gateway/measurements.ts). */
export const measuredEveryMs = 15_000

const listeners = new Set<() => void>()
const ticked = () => Math.floor(Date.now() / measuredEveryMs) * measuredEveryMs
let timer: ReturnType<typeof setInterval> | undefined
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  timer ??= setInterval(() => {
    // Nobody looks: the next tick after somebody does catches up.
    if (document.visibilityState === 'visible') for (const each of listeners) each()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Now, in steps of what is measured; 0 on the server. */
export const useMeasuredNow = (): number => useSyncExternalStore(subscribe, ticked, () => 0)

/** One metric over time; null asks nothing. `follows`: asked again as fast as something new can be there. */
export const useSeries = (input: SeriesRequest | null, follows = false) =>
  useQuery(
    orpc.analytics.series.queryOptions({
      input: input as SeriesRequest,
      enabled: input !== null,
      staleTime: measuredEveryMs - 1_000,
      refetchInterval: follows ? measuredEveryMs : false,
      placeholderData: keepPreviousData,
    }),
  )
