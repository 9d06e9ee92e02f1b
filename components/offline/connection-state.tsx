'use client'
import { Tooltip } from '@mui/material'
import { CloudOff, Inbox, TriangleAlert } from 'lucide-react'
import { formatNumber, plural } from '@/components/ui/format'
import { useOutboxDialog } from './outbox-dialog'
import { useConnected, useOutbox } from './use-outbox'

/** In the top bar: that there is no connection, what waits to be sent, what was not taken. Nothing when all is well. */
export function ConnectionState() {
  const connected = useConnected()
  const items = useOutbox()
  const { open } = useOutboxDialog()
  const refused = items.filter(({ state }) => state === 'refused').length
  const waiting = items.filter(({ state }) => state === 'waiting' || state === 'sending').length
  const Icon = connected ? (refused > 0 ? TriangleAlert : Inbox) : CloudOff
  const count = refused > 0 ? refused : waiting
  const says = [
    connected ? null : 'No connection: you see what was seen before, and what you do is queued',
    waiting > 0 ? `${plural(waiting, 'thing waits', 'things wait')} to be sent` : null,
    refused > 0 ? `${plural(refused, 'thing was', 'things were')} not taken` : null,
  ].filter((part) => part !== null)
  return (
    <>
      {/* Always there, since only a change of what is there is read out. */}
      <span role="status" aria-label="Connection" className="sr-only">
        {says.join('. ')}
      </span>
      {says.length > 0 && (
        <Tooltip title={`${says.join('. ')}.`} describeChild>
          <button
            type="button"
            onClick={open}
            className={`relative inline-flex h-8 items-center gap-2 rounded-full border px-3 text-xs whitespace-nowrap touch:after:absolute touch:after:-inset-1.5 ${
              connected && refused > 0 ? 'border-danger/50 text-danger' : 'border-attention/50 text-attention'
            }`}
          >
            <Icon size={14} aria-hidden />
            <span>
              {!connected && 'Offline'}
              {!connected && count > 0 && ' · '}
              {count > 0 && formatNumber(count)}
              {/* A phone has room for one word. */}
              {count > 0 && <span className={connected ? 'max-sm:sr-only' : ''}>{refused > 0 ? ' not taken' : ' queued'}</span>}
            </span>
          </button>
        </Tooltip>
      )}
    </>
  )
}
