'use client'
import { Button, Skeleton, Tooltip } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { Copy, Share2 } from 'lucide-react'
import Link from 'next/link'
import { orpc } from '@/components/api/client'
import type { Mode, StoredResult } from '@/components/api/types'
import { isUnsent, useOutbox } from '@/components/offline/use-outbox'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { formatConfidence, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { Panel } from '@/components/ui/page'
import { ErrorState } from '@/components/ui/states'
import { Answer, AnswerFacts, NotFound } from './answer'
import { CitationList } from './citation-list'
import { copyText } from './citations'
import { JudgeButtons } from './judge-buttons'
import { judged, useFeedback, wholeAnswer, withQueued } from './use-feedback'

/** One answer, with what was judged of it without a connection. */
export function useResult(id: string | null) {
  const items = useOutbox()
  return useQuery(
    orpc.neural.getResult.queryOptions({
      input: { id: id ?? '' },
      enabled: id !== null,
      staleTime: Number.POSITIVE_INFINITY,
      select: (result) => ({ ...result, feedback: withQueued(result.feedback, result.id, items) }),
    }),
  )
}

/** An answer as it is read out. */
export function SpokenAnswer({ id }: { id: string }) {
  const { data: result } = useResult(id)
  if (!result) return null
  if (result.status === 'no_answer') return 'No answer: the knowledge does not cover this question.'
  const { status, confidence, citations, answer } = result
  return `${status === 'partial' ? 'Answered in part' : 'Answered'}, sure ${formatConfidence(confidence)}, ${plural(citations.length, 'citation', 'citations')}. ${answer}`
}

/** One answer, whole: question, answer, sources, feedback. */
export function ResultView({ id, askAgain }: { id: string; askAgain: (question: string, mode: Mode) => void }) {
  const query = useResult(id)
  const result = query.data
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} title="This answer could not be loaded" />
  if (!result)
    return (
      <div role="status" aria-label="Loading the answer">
        <Skeleton width={160} />
        <Skeleton width="70%" height={36} />
        <Skeleton variant="rounded" height={180} className="mt-3" />
      </div>
    )
  return (
    <article className="flex flex-col gap-5">
      <header>
        <p className="mb-1 text-xs text-quiet">
          Question · <Ago at={result.created_at} />
          {` · ${result.mode} · `}
          <Tooltip
            title={
              result.model_version === 0
                ? 'Before any training: the weights AIA starts with'
                : 'The version of the learned weights that ranked the atoms'
            }
          >
            <Link href="/learning" className="hover:underline">
              weights v{result.model_version}
            </Link>
          </Tooltip>
        </p>
        <h1 className="text-xl font-semibold tracking-tight break-words">{result.question}</h1>
      </header>
      {result.status === 'no_answer' ? <NoAnswer result={result} askAgain={askAgain} /> : <Answer result={result} />}
      <CitationList result={result} />
      <Actions result={result} />
    </article>
  )
}

function NoAnswer({ result, askAgain }: { result: StoredResult; askAgain: (question: string, mode: Mode) => void }) {
  return (
    <Panel className="p-4 sm:p-5">
      <AnswerFacts result={result} />
      <p className="text-base font-semibold">Your knowledge does not cover this question.</p>
      <p className="mt-1 max-w-prose text-quiet">
        AIA answers only in words it can cite, and found none that hold. Add a document that covers it, or ask in other words.
      </p>
      <NotFound items={result.not_found} />
      <div className="mt-4 flex flex-wrap gap-2">
        <Button component={Link} href="/knowledge" variant="contained">
          Add documents
        </Button>
        {result.mode === 'standard' && (
          <Button variant="outlined" onClick={() => askAgain(result.question, 'advanced')}>
            Ask again along pathways
          </Button>
        )}
      </div>
    </Panel>
  )
}

function Actions({ result }: { result: StoredResult }) {
  const feedback = useFeedback(result.id)
  const notices = useNotices()
  const isQueued = useOutbox().some((item) => isUnsent(item) && item.work.kind === 'feedback' && item.work.resultId === result.id)
  const copy = async (text: string, said: string) => {
    try {
      await navigator.clipboard.writeText(text)
      notices.say(said)
    } catch {
      notices.fail('The browser did not let AIA copy.', new TypeError())
    }
  }
  const share = async () => {
    const url = `${location.origin}/ask?result=${result.id}`
    if (matchMedia('(pointer: coarse)').matches && typeof navigator.share === 'function')
      await navigator.share({ title: result.question, url }).catch(() => undefined)
    else await copy(url, 'Link copied. It opens for everyone in this enterprise.')
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      <JudgeButtons
        of="the answer"
        value={judged(result.feedback, wholeAnswer)}
        onJudge={(useful) => feedback.mutate({ citation: wholeAnswer, useful })}
      />
      {isQueued && <Badge tone="attention">Queued</Badge>}
      {result.status !== 'no_answer' && (
        <Button
          variant="outlined"
          startIcon={<Copy size={15} aria-hidden />}
          onClick={() => void copy(copyText(result, location.origin), 'Answer copied with its citations.')}
          className="border-line text-quiet"
        >
          Copy with citations
        </Button>
      )}
      <Button variant="outlined" startIcon={<Share2 size={15} aria-hidden />} onClick={() => void share()} className="border-line text-quiet">
        Share
      </Button>
    </div>
  )
}
