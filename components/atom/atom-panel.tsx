'use client'
import { Button, IconButton, Skeleton, Tooltip } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { FileText, MessageSquareText, X } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { orpc } from '@/components/api/client'
import type { AtomDetail } from '@/components/api/types'
import { Ago } from '@/components/ui/ago'
import { DomainTag } from '@/components/ui/domain'
import { formatNumber, humanise } from '@/components/ui/format'
import { ErrorState } from '@/components/ui/states'
import { Neighbours } from './neighbours'

const longText = 900

/** The source page at the words of one occurrence, with the atom still selected. */
export const occurrenceHref = (occurrence: { source_id: string; start: number; end: number }, atomId?: string) =>
  `/knowledge/sources/${occurrence.source_id}?start=${occurrence.start}&end=${occurrence.end}${atomId ? `&atom=${atomId}` : ''}`

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [])

/** Everything known about one atom. */
export function AtomPanel({ id, close }: { id: string; close: () => void }) {
  const query = useQuery(orpc.neural.getAtom.queryOptions({ input: { id }, staleTime: 30_000 }))
  const atom = query.data
  return (
    <div className="flex flex-col gap-5 p-4">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow pt-1.5">
          {atom ? (
            <>
              <p className="text-xs text-quiet">
                Atom · {humanise(atom.kind)} · <Ago at={atom.created_at} />
              </p>
              <h2 className="text-base font-semibold break-words" dir="auto">
                {atom.title || 'Untitled'}
              </h2>
            </>
          ) : (
            !query.error && (
              <>
                <Skeleton width={120} />
                <Skeleton width="80%" height={28} />
              </>
            )
          )}
        </div>
        <Tooltip title="Close  Esc">
          <IconButton onClick={close} aria-label="Close the panel of the atom">
            <X size={18} />
          </IconButton>
        </Tooltip>
      </div>
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} title="This atom could not be loaded" />}
      {!atom && !query.error && <Skeleton variant="rounded" height={160} />}
      {atom && <AtomBody atom={atom} />}
    </div>
  )
}

function AtomBody({ atom }: { atom: AtomDetail }) {
  const [whole, setWhole] = useState(false)
  const entities = strings(atom.technical_context.entities)
  const first = atom.occurrences[0]
  const cut = atom.text.length > longText && !whole
  const summaryDiffers = atom.semantic_summary.trim() !== '' && !atom.text.trim().startsWith(atom.semantic_summary.trim())
  const question = `What is known about ${atom.title || atom.semantic_summary}?`
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <Button
          component={Link}
          href={`/ask?draft=${encodeURIComponent(question.slice(0, 2000))}`}
          variant="outlined"
          startIcon={<MessageSquareText size={15} aria-hidden />}
        >
          Ask about it
        </Button>
        {first && (
          <Button component={Link} href={occurrenceHref(first, atom.id)} variant="outlined" startIcon={<FileText size={15} aria-hidden />}>
            Open source
          </Button>
        )}
      </div>
      <section aria-label="Text">
        {summaryDiffers && <p className="mb-2 font-medium">{atom.semantic_summary}</p>}
        <p className="break-words whitespace-pre-wrap text-quiet" dir="auto">
          {cut ? `${atom.text.slice(0, longText).trimEnd()}…` : atom.text}
        </p>
        {atom.text.length > longText && (
          <Button onClick={() => setWhole(!whole)} aria-expanded={whole} className="-ml-3">
            {whole ? 'Show less' : `Show all ${formatNumber(atom.text.length)} characters`}
          </Button>
        )}
      </section>
      {atom.knowledge_domains.length > 0 && (
        <section>
          <h3 className="mb-1.5 text-xs font-semibold text-quiet">Domains</h3>
          <div className="flex flex-wrap gap-1.5">
            {atom.knowledge_domains.map((name) => (
              <Link
                prefetch={false}
                key={name}
                href={`/knowledge/atoms?domain=${encodeURIComponent(name)}&atom=${atom.id}`}
                className="rounded-sm hover:bg-raised touch:py-2.5"
              >
                <DomainTag name={name} />
              </Link>
            ))}
          </div>
        </section>
      )}
      {entities.length > 0 && (
        <section>
          <h3 className="mb-1.5 text-xs font-semibold text-quiet">Names in it</h3>
          <p className="break-words text-quiet">{entities.slice(0, 24).join(' · ')}</p>
        </section>
      )}
      <Occurrences atom={atom} />
      <Neighbours atom={atom} />
    </>
  )
}

const shownOccurrences = 6

function Occurrences({ atom }: { atom: AtomDetail }) {
  const [all, setAll] = useState(false)
  const rows = all ? atom.occurrences : atom.occurrences.slice(0, shownOccurrences)
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-semibold text-quiet">
        Where it stands{atom.sources > 1 && <span className="font-normal"> · the same words in {formatNumber(atom.sources)} sources</span>}
      </h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {rows.map((place) => (
          <li key={`${place.source_id}-${place.start}`}>
            <Link prefetch={false} href={occurrenceHref(place, atom.id)} className="block px-3 py-2 hover:bg-raised touch:min-h-11">
              <span className="block truncate">{place.source_title}</span>
              <span className="flex items-baseline gap-2 text-xs text-quiet">
                <span className="min-w-0 grow truncate">{place.heading_path.length > 0 ? place.heading_path.join(' › ') : 'At the top'}</span>
                <Tooltip title="From and to, in characters (UTF-16) of the stored text">
                  <span className="shrink-0">
                    {formatNumber(place.start)}–{formatNumber(place.end)}
                    {place.language && place.language !== 'und' ? ` · ${place.language}` : ''}
                  </span>
                </Tooltip>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {atom.occurrences.length > shownOccurrences && (
        <Button onClick={() => setAll(!all)} aria-expanded={all} className="-ml-3">
          {all ? 'Show fewer' : `Show all ${formatNumber(atom.occurrences.length)}`}
        </Button>
      )}
    </section>
  )
}
