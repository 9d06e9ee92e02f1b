'use client'
import { Button } from '@mui/material'
import { LibraryBig } from 'lucide-react'
import Link from 'next/link'
import { useCallback, useEffect, useRef } from 'react'
import { useProfile, useStatus } from '@/components/api/queries'
import type { Mode } from '@/components/api/types'
import { reading } from '@/components/frame/ingestion-state'
import { QueuedList } from '@/components/offline/queued-list'
import { formatNumber, plural } from '@/components/ui/format'
import { EmptyState, ErrorState } from '@/components/ui/states'
import { changedSearch, useUrlState } from '@/components/ui/url-state'
import { AgentsTable } from './agents-table'
import { AskingView } from './asking-view'
import { Composer } from './composer'
import { Earlier } from './earlier'
import { PathPicture } from './path-picture'
import { ResultView, SpokenAnswer, useResult } from './result-view'
import { useAsk } from './use-ask'

export function AskPage() {
  const { params } = useUrlState()
  const resultId = params.get('result')
  const draft = params.get('draft') ?? undefined
  const waiting = params.get('q')
  const { data: profile } = useProfile()
  const show = useCallback((id: string) => window.history.pushState(null, '', `/ask?result=${id}`), [])
  const { asking, item, ask, stop, withdraw } = useAsk(show)
  const askNow = useCallback((question: string, mode: Mode) => profile && void ask({ question, mode, tier: profile.enterprise.tier }), [ask, profile])

  // A question that came with the address is asked once and then leaves the address, so that a reload does not ask it again.
  useEffect(() => {
    const question = new URLSearchParams(location.search).get('q')?.trim()
    if (!waiting || !question || !profile) return
    window.history.replaceState(null, '', location.pathname + changedSearch(location.search, { q: null, result: null }))
    askNow(question.slice(0, 2_000), (localStorage.getItem('aia-mode') as Mode | null) ?? 'advanced')
  }, [waiting, profile, askNow])

  // Going back or to another result while a question runs shows that result; the running answer stays in the list.
  const shownFor = useRef(resultId)
  useEffect(() => {
    if (shownFor.current !== resultId && resultId !== null) stop()
    shownFor.current = resultId
  }, [resultId, stop])

  const composer = (
    <Composer
      key={draft ?? 'composer'}
      {...(draft ? { draft } : {})}
      busy={!profile || (asking !== null && asking.problem === null && asking.queued === null)}
      onAsk={askNow}
      autoFocus
    />
  )
  return (
    <>
      {/* Always there, since only a change of what is there is read out. */}
      <p role="status" aria-label="Answer" className="sr-only">
        {!asking && resultId && <SpokenAnswer id={resultId} />}
      </p>
      {!asking && !resultId ? (
        <Start composer={composer} />
      ) : (
        <div className="flex min-h-full flex-col">
          <div className="grid grow grid-cols-1 content-start gap-x-8 gap-y-6 p-4 sm:p-6 @[60rem]:grid-cols-[minmax(0,1fr)_22rem]">
            <div className="min-w-0">
              {asking ? (
                <AskingView asking={asking} again={() => askNow(asking.question, asking.mode)} stop={stop} item={item} withdraw={withdraw} />
              ) : (
                resultId && <ResultView id={resultId} askAgain={askNow} />
              )}
            </div>
            <aside aria-label="About the answer" className="flex min-w-0 flex-col gap-6">
              {!asking && resultId && <Reasons id={resultId} />}
              <QueuedList kind="question" />
              <Earlier current={asking ? null : resultId} />
            </aside>
          </div>
          <div className="sticky bottom-0 border-t border-line bg-ground p-3 sm:px-6">
            <div className="@[60rem]:mr-96">{composer}</div>
          </div>
        </div>
      )}
    </>
  )
}

function Reasons({ id }: { id: string }) {
  const { data: result } = useResult(id)
  if (!result) return null
  return (
    <>
      <PathPicture result={result} />
      <AgentsTable agents={result.agents} />
    </>
  )
}

function Start({ composer }: { composer: React.ReactNode }) {
  const { data: status, error, refetch } = useStatus()
  const work = status ? reading(status) : null
  if (error && !status)
    return (
      <div className="p-4 sm:p-6">
        <ErrorState error={error} onRetry={() => void refetch()} title="AIA cannot be reached" />
      </div>
    )
  const empty = status !== undefined && status.atoms === 0 && !work
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-8 p-4 pt-8 sm:p-6 sm:pt-[12vh]">
      <div>
        <h1 className="mb-1 text-xl font-semibold tracking-tight">Ask</h1>
        <p className="mb-4 text-quiet">
          {status
            ? work
              ? `${work.label}. Answers cover what has been read so far.`
              : `Every sentence of an answer cites the exact words of one of your ${plural(status.sources.ready, 'source', 'sources')}, ${formatNumber(status.atoms)} atoms in all.`
            : 'Every sentence of an answer cites the exact words of a source.'}
        </p>
        {composer}
      </div>
      {empty ? (
        <EmptyState
          icon={<LibraryBig size={28} />}
          title="There is nothing to answer from yet"
          action={
            <Button component={Link} href="/knowledge" variant="contained">
              Add documents
            </Button>
          }
        >
          Add files, a folder, text or a web address. They can be asked about as soon as they are read.
        </EmptyState>
      ) : (
        <>
          <QueuedList kind="question" />
          <Earlier current={null} />
        </>
      )}
    </div>
  )
}
