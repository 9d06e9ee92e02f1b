'use client'
import { Button, Skeleton } from '@mui/material'
import { Check, Inbox, LoaderCircle } from 'lucide-react'
import type { Item } from '@/components/offline/outbox'
import { useOutboxDialog } from '@/components/offline/outbox-dialog'
import { stateLooks } from '@/components/offline/work-words'
import { Badge } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'
import { Panel } from '@/components/ui/page'
import { ErrorState } from '@/components/ui/states'
import type { Asking } from './use-ask'

/** A question on its way: what each agent has said so far, or why it failed. */
export function AskingView({
  asking,
  again,
  stop,
  item,
  withdraw,
}: {
  asking: Asking
  again: () => void
  stop: () => void
  /** The question in the outbox, while it waits there. */
  item: Item | undefined
  withdraw: () => void
}) {
  const { progress, problem, queued } = asking
  return (
    <div>
      <p className="mb-1 text-xs text-quiet">Question · {asking.mode}</p>
      <h1 className="mb-4 text-xl font-semibold tracking-tight break-words">{asking.question}</h1>
      {queued !== null ? (
        <Queued item={item} withdraw={withdraw} />
      ) : problem ? (
        <ErrorState error={problem} onRetry={again} title="The question was not answered" />
      ) : (
        <Panel className="p-4 sm:p-5">
          <ol role="log" aria-label="Progress" className="mb-4 flex flex-col gap-1.5">
            {progress.length === 0 && (
              <li className="flex items-center gap-2 text-quiet">
                <LoaderCircle size={15} aria-hidden className="animate-spin" /> Sending the question
              </li>
            )}
            {progress
              .map((step, position) => ({ step, position }))
              .map(({ step, position }) => (
                <li key={position} className="flex items-start gap-2">
                  {position === progress.length - 1 ? (
                    <LoaderCircle size={15} aria-hidden className="mt-0.5 shrink-0 animate-spin text-accent" />
                  ) : (
                    <Check size={15} aria-hidden className="mt-0.5 shrink-0 text-ok" />
                  )}
                  <span className="min-w-0 break-words">
                    {humanise(step.agent)} <span className="text-quiet">{step.message}</span>
                  </span>
                </li>
              ))}
          </ol>
          <Skeleton width="92%" />
          <Skeleton width="97%" />
          <Skeleton width="61%" />
          <Button onClick={stop} variant="outlined" className="mt-4">
            Stop
          </Button>
        </Panel>
      )}
    </div>
  )
}

const queuedTitles = {
  waiting: 'There is no connection',
  sending: 'The question is being asked',
  refused: 'The question was not taken',
  sent: 'Answered',
}

function Queued({ item, withdraw }: { item: Item | undefined; withdraw: () => void }) {
  const { open } = useOutboxDialog()
  const state = item?.state ?? 'waiting'
  return (
    <Panel className="p-4 sm:p-5">
      <div role="status">
        <p className="mb-1 flex items-center gap-2 font-semibold">
          <Inbox size={16} aria-hidden className="text-attention" /> {queuedTitles[state]}{' '}
          <Badge tone={stateLooks[state].tone}>{stateLooks[state].label}</Badge>
        </p>
        <p className="max-w-prose text-quiet">
          {item?.refusal?.detail ??
            'The question is kept on this device. It is asked once as soon as AIA can be reached, and its answer appears here and under Earlier.'}
        </p>
      </div>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button variant="outlined" onClick={open}>
          Open the outbox
        </Button>
        <Button onClick={withdraw}>Do not ask</Button>
      </div>
    </Panel>
  )
}
