'use client'
import { useEffect, useMemo, useRef } from 'react'

/**
 * The longest task of the main thread, in milliseconds (W3C Long Tasks: those above 50 are told; 0 when there was none), of those that began
 * after `begin`: starting a page is one of its own.
 */
export function useLongestTask(): { begin(): void; longestMs(): number } {
  const seen = useRef({ from: Number.POSITIVE_INFINITY, longest: 0 })
  useEffect(() => {
    if (!PerformanceObserver.supportedEntryTypes.includes('longtask')) return
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        if (startTime >= seen.current.from) seen.current.longest = Math.max(seen.current.longest, duration)
    })
    observer.observe({ type: 'longtask' })
    return () => observer.disconnect()
  }, [])
  return useMemo(
    () => ({
      begin: () => {
        seen.current.from = Math.min(seen.current.from, performance.now())
      },
      longestMs: () => seen.current.longest,
    }),
    [],
  )
}
