'use client'
import { Tooltip } from '@mui/material'
import type { LiveState } from './connection'
import { useLiveState } from './use-live'

const looks: Record<LiveState, { label: string; says: string; dot: string }> = {
  live: {
    label: 'Live',
    says: 'What happens is shown within a second, and of very much at once the newest state within ten.',
    dot: 'rounded-full bg-ok',
  },
  connecting: { label: 'Connecting', says: 'The connection by which changes come is being opened.', dot: 'rounded-full bg-idle' },
  reconnecting: {
    label: 'Reconnecting',
    says: 'The connection by which changes come was lost; it is tried again, and what was missed follows.',
    dot: 'rotate-45 bg-attention',
  },
  paused: { label: 'Paused', says: 'This window was not seen, so nothing was sent to it. What was missed follows.', dot: 'rounded-full bg-idle' },
  off: { label: 'Not live', says: 'No changes come to this window. Reload to see them.', dot: 'bg-idle' },
}

/** Whether what is shown follows what happens; on a phone the mark alone. */
export function LiveChip() {
  const state = useLiveState()
  const { label, says, dot } = looks[state]
  // Where there is little room, only what is not as it should be is said.
  const isUsual = state === 'live' || state === 'connecting'
  return (
    <Tooltip title={`${label}. ${says}`} enterTouchDelay={0}>
      {/* Always there, also where nothing is to be seen of it, since only a change of what is there is read out. */}
      <span role="status" data-live={label} className={isUsual ? 'max-sm:absolute' : ''}>
        <span className="sr-only">{label}</span>
        <span
          aria-hidden
          className={`h-8 min-w-8 items-center justify-center gap-2 rounded-full border border-line text-xs whitespace-nowrap text-quiet sm:inline-flex sm:px-3 ${isUsual ? 'hidden' : 'inline-flex'}`}
        >
          <span className={`size-2 ${dot}`} />
          <span className="max-sm:hidden">{label}</span>
        </span>
      </span>
    </Tooltip>
  )
}
