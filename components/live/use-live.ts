'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { call, ownHeaders } from '@/components/api/call'
import { orpc } from '@/components/api/client'
import { reportSessionEnded } from '@/components/api/session-state'
import type { LiveEvent, LiveKind } from '@/server/events/contract'
import { askingAgain } from './ask-again'
import { type LiveState, liveConnection } from './connection'
import { madeStaleBy } from './stale'

/** For so long nothing may be under way before the stream is opened first: what a page needs to be drawn goes before it. */
const quietMs = 1_000
const lookMs = 200

/** The one stream of this window. */
const connection = liveConnection({
  open: (lastEventId, signal) =>
    call('/api/v1/events', {
      signal,
      cache: 'no-store',
      headers: { ...ownHeaders, accept: 'text/event-stream', ...(lastEventId ? { 'last-event-id': lastEventId } : {}) },
    }),
  ended: reportSessionEnded,
})

const serverState = (): LiveState => 'connecting'

/** How the stream is now. */
export const useLiveState = (): LiveState => useSyncExternalStore(connection.watch, connection.state, serverState)

/** True while events come, so that nobody need ask by the clock. */
export const isLive = (): boolean => connection.state() === 'live'

/** Calls `handler` with events of these kinds, and with `reset`, after which everything is to be read anew. */
export function useLive(kinds: readonly LiveKind[], handler: (event: LiveEvent) => void): void {
  const latest = useRef({ kinds, handler })
  latest.current = { kinds, handler }
  useEffect(
    () =>
      connection.listen((event) => {
        const { kinds: wanted, handler: handle } = latest.current
        if (event.kind === 'reset' || wanted.includes(event.kind)) handle(event)
      }),
    [],
  )
}

/** Keeps the stream open while the window is seen, and has queries asked again that an event made old. Mounted once, in the frame. */
export function useLiveQueries(): void {
  const queryClient = useQueryClient()
  useEffect(() => {
    const asking = askingAgain((queryKey) => void queryClient.invalidateQueries({ queryKey }))
    const stopListening = connection.listen((event) => {
      const keys = madeStaleBy(event)
      if (keys === null) void queryClient.invalidateQueries()
      else for (const key of keys) asking.ask(key)
    })
    // What is asked by the clock without events is asked once more, and then decides anew whether to go on.
    const stopWatching = connection.watch(() => {
      if (connection.state() !== 'paused') asking.ask(orpc.neural.status.key())
    })
    let isQuiet = false
    const follow = () => {
      if (document.visibilityState === 'hidden') connection.pause()
      else if (isQuiet) connection.resume()
    }
    let quietSince = Date.now()
    const quiet = setInterval(() => {
      if (document.readyState !== 'complete' || queryClient.isFetching() > 0) quietSince = Date.now()
      if (Date.now() - quietSince < quietMs) return
      clearInterval(quiet)
      isQuiet = true
      follow()
    }, lookMs)
    document.addEventListener('visibilitychange', follow)
    addEventListener('online', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      removeEventListener('online', follow)
      clearInterval(quiet)
      stopWatching()
      stopListening()
      asking.stop()
      connection.stop()
    }
  }, [queryClient])
}
