'use client'
import { Button } from '@mui/material'
import { Badge } from '@/components/ui/badge'
import { SectionTitle } from '@/components/ui/page'
import type { Work } from './outbox'
import { useOutboxDialog } from './outbox-dialog'
import { isUnsent, useOutbox } from './use-outbox'
import { stateLooks, wordsOf } from './work-words'

/** What waits of one sort, where it will appear once it is sent. Nothing when nothing waits. */
export function QueuedList({ kind }: { kind: 'question' | 'document' }) {
  const { open } = useOutboxDialog()
  const isOfKind = ({ kind: of }: Work) => (kind === 'question' ? of === 'question' : of === 'file' || of === 'text' || of === 'address')
  const items = useOutbox().filter((item) => isUnsent(item) && isOfKind(item.work))
  if (items.length === 0) return null
  return (
    <section aria-label={kind === 'question' ? 'Queued questions' : 'Queued documents'}>
      <SectionTitle aside={<Button onClick={open}>Outbox</Button>}>Queued</SectionTitle>
      <ul className="divide-y divide-line border-b border-line">
        {items.map(({ seq, state, work }) => (
          <li key={seq} className="flex min-h-11 items-center gap-3 py-1.5">
            <span className="line-clamp-2 min-w-0 grow break-words">{wordsOf(work).text}</span>
            <Badge tone={stateLooks[state].tone}>{stateLooks[state].label}</Badge>
          </li>
        ))}
      </ul>
    </section>
  )
}
