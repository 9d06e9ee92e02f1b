'use client'
import { Tooltip } from '@mui/material'
import type { ReactNode } from 'react'

export type Tone = 'ok' | 'attention' | 'danger' | 'info' | 'idle'
const tones: Record<Tone, string> = {
  ok: 'border-ok/50 text-ok',
  attention: 'border-attention/50 text-attention',
  danger: 'border-danger/50 text-danger',
  info: 'border-info/50 text-info',
  idle: 'border-line text-quiet',
}

/** A small label; the colour repeats what the word says. */
export function Badge({ tone = 'idle', children, icon }: { tone?: Tone; children: ReactNode; icon?: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1 rounded-sm border px-1.5 py-0.5 text-xs whitespace-nowrap ${tones[tone]}`}>
      {icon}
      {children}
    </span>
  )
}

/** A badge that explains itself on hover, on focus and on touch. */
export function HintBadge({ hint, children }: { hint: string; children: ReactNode }) {
  return (
    <Tooltip title={hint} enterTouchDelay={0} describeChild>
      <button type="button" className="inline-flex cursor-help rounded-sm">
        <Badge>{children}</Badge>
      </button>
    </Tooltip>
  )
}
