'use client'
import { Tooltip } from '@mui/material'
import { useSyncExternalStore } from 'react'
import { exactTime, relativeTime } from './format'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for every time on the page, a tick each 15 s. */
function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 15_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** A time relative to now, with the exact time on hover and for assistive technology. */
export function Ago({ at }: { at: string }) {
  const current = useSyncExternalStore(
    subscribe,
    () => now,
    () => now,
  )
  const time = Date.parse(at)
  return (
    <Tooltip title={exactTime(time)}>
      <time dateTime={at} className="whitespace-nowrap">
        {relativeTime(time, Math.max(current, Date.now() - 15_000))}
      </time>
    </Tooltip>
  )
}
