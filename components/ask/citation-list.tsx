'use client'
import { IconButton, Tooltip } from '@mui/material'
import { Atom } from 'lucide-react'
import Link from 'next/link'
import type { StoredResult } from '@/components/api/types'
import { Panel, SectionTitle } from '@/components/ui/page'
import { useSelectedAtom } from '@/components/ui/url-state'
import { citationHref } from './citations'
import { JudgeIcons } from './judge-buttons'
import { judged, useFeedback } from './use-feedback'

/** The sources of an answer: what is quoted, from where; useful or not. */
export function CitationList({ result }: { result: StoredResult }) {
  const feedback = useFeedback(result.id)
  const { select } = useSelectedAtom()
  if (result.citations.length === 0) return null
  return (
    <section aria-label="Sources">
      <SectionTitle>Sources</SectionTitle>
      <ol className="flex flex-col gap-2">
        {result.citations.map((citation) => (
          <li key={citation.n}>
            <Panel className="flex flex-wrap items-start gap-x-2 sm:flex-nowrap">
              <Link prefetch={false} href={citationHref(citation)} className="group min-w-0 grow basis-64 rounded-md px-4 pt-3 pb-3 max-sm:pb-1">
                <span className="block font-semibold break-words">
                  <span className="mr-1.5 font-medium text-accent">[{citation.n}]</span>
                  <span className="group-hover:underline">{citation.title}</span>
                </span>
                <span className="mt-0.5 line-clamp-4 break-words text-quiet">
                  “<mark className="text-ink">{citation.quote}</mark>”
                </span>
              </Link>
              <span className="flex shrink-0 items-center p-1.5 max-sm:ml-auto">
                <Tooltip title="Show the atom">
                  <IconButton aria-label={`Show the atom of source ${citation.n}`} onClick={() => select(citation.atom_id)} className="text-quiet">
                    <Atom size={15} />
                  </IconButton>
                </Tooltip>
                <JudgeIcons
                  of={`source ${citation.n}`}
                  value={judged(result.feedback, citation.n)}
                  onJudge={(useful) => feedback.mutate({ citation: citation.n, useful })}
                />
              </span>
            </Panel>
          </li>
        ))}
      </ol>
    </section>
  )
}
