'use client'
import { Tooltip } from '@mui/material'
import { CircleCheck, CircleDashed, CircleSlash } from 'lucide-react'
import Link from 'next/link'
import type { Citation, StoredResult } from '@/components/api/types'
import { Badge, HintBadge } from '@/components/ui/badge'
import { formatConfidence, formatDuration, plural } from '@/components/ui/format'
import { Panel } from '@/components/ui/page'
import { citationHref, parseAnswer } from './citations'

const looks = {
  answered: { label: 'Answered', tone: 'ok', Icon: CircleCheck },
  partial: { label: 'Answered in part', tone: 'attention', Icon: CircleDashed },
  no_answer: { label: 'No answer', tone: 'idle', Icon: CircleSlash },
} as const

/** The figures of an answer: state, how sure, how long, by how many agents. */
export function AnswerFacts({ result }: { result: StoredResult }) {
  const look = looks[result.status]
  return (
    <div className="mb-3 flex flex-wrap gap-1.5">
      <Badge tone={look.tone} icon={<look.Icon size={13} aria-hidden />}>
        {look.label}
      </Badge>
      {result.status !== 'no_answer' && (
        <HintBadge hint="How sure the answer is, from 0 to 1: how well the cited words cover what was asked, and how clearly they were found. Not a probability.">
          sure {formatConfidence(result.confidence)}
        </HintBadge>
      )}
      <HintBadge
        hint={`From the question to the answer, on the server: ${formatDuration(result.timing_ms.retrieve)} to retrieve, ${formatDuration(result.timing_ms.compose)} to compose${result.cached ? '; taken from the cache' : ''}`}
      >
        {formatDuration(result.timing_ms.total)}
        {result.cached ? ', cached' : ''}
      </HintBadge>
      {result.agents.length > 0 && <Badge>{plural(result.agents.length, 'agent', 'agents')}</Badge>}
    </div>
  )
}

/** The answer with its citation marks; each opens the source at the exact words. */
export function Answer({ result }: { result: StoredResult }) {
  const citations = new Map(result.citations.map((citation) => [citation.n, citation]))
  const parts = parseAnswer(result.answer, new Set(citations.keys())).map((part, at) => ({ part, at }))
  return (
    <Panel className="p-4 sm:p-5">
      <AnswerFacts result={result} />
      <p className="max-w-prose text-base leading-7 break-words">
        {parts.map(({ part, at }) => {
          const citation = part.kind === 'cite' ? citations.get(part.n) : undefined
          return citation ? <CitationMark key={at} citation={citation} /> : <span key={at}>{part.kind === 'text' ? part.text : ''}</span>
        })}
      </p>
      <NotFound items={result.not_found} />
    </Panel>
  )
}

function CitationMark({ citation }: { citation: Citation }) {
  return (
    <Tooltip
      title={
        <>
          <b>{citation.title}</b>
          <br />“{citation.quote.length > 240 ? `${citation.quote.slice(0, 240)}…` : citation.quote}”
        </>
      }
    >
      <Link
        prefetch={false}
        href={citationHref(citation)}
        aria-label={`Source ${citation.n}: ${citation.title}`}
        className="relative -top-1 ml-0.5 inline-block rounded-sm px-0.5 text-xs leading-4 font-medium text-accent hover:bg-mark touch:px-1.5 touch:py-1"
      >
        [{citation.n}]
      </Link>
    </Tooltip>
  )
}

export function NotFound({ items }: { items: readonly string[] }) {
  if (items.length === 0) return null
  return (
    <p className="mt-3 max-w-prose break-words text-quiet">
      <span className="font-medium">Not found:</span> {items.join('; ')}
      {/[.!?]$/.test(items.at(-1) ?? '') ? '' : '.'}
    </p>
  )
}
