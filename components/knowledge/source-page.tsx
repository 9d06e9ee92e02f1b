'use client'
import { Button, Skeleton } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, Download, RotateCw, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call, ownHeaders } from '@/components/api/call'
import { client, orpc } from '@/components/api/client'
import type { Source } from '@/components/api/types'
import { isLive } from '@/components/live/use-live'
import { Ago } from '@/components/ui/ago'
import { formatBytes, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { Panel } from '@/components/ui/page'
import { EmptyState, ErrorState } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { DeleteDialog } from './delete-dialog'
import { SourceOutline } from './source-outline'
import { originLabels } from './source-row'
import { SourceStateBadge } from './source-state'
import { SourceText } from './source-text'
import { spanOf } from './text-window'

/** One source: what it is, its stored text with the cited words marked, its atoms. */
export function SourcePage({ id }: { id: string }) {
  const query = useQuery(
    orpc.neural.getSource.queryOptions({
      input: { id },
      refetchInterval: ({ state }) => (!isLive() && state.data && ['queued', 'processing'].includes(state.data.state) ? 1_500 : false),
    }),
  )
  const source = query.data
  return (
    <div className="mx-auto max-w-7xl p-4 sm:p-6">
      <Link href="/knowledge" className="mb-2 inline-flex min-h-8 items-center gap-1.5 text-quiet hover:text-ink touch:min-h-11">
        <ArrowLeft size={15} aria-hidden /> Sources
      </Link>
      {query.error && !source && <ErrorState error={query.error} onRetry={() => void query.refetch()} title="This source could not be loaded" />}
      {!source && !query.error && (
        <div role="status" aria-label="Loading the source">
          <Skeleton width="50%" height={36} />
          <Skeleton width="30%" />
          <Skeleton variant="rounded" height={360} className="mt-4" />
        </div>
      )}
      {source && <SourceBody source={source} />}
    </div>
  )
}

function SourceBody({ source }: { source: Source }) {
  const [removing, setRemoving] = useState(false)
  const router = useRouter()
  const queryClient = useQueryClient()
  const notices = useNotices()
  const retry = useMutation({
    mutationFn: () => client.neural.retrySource({ id: source.id }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.neural.key() }),
    onError: (error) => notices.fail('It could not be read again.', error),
  })
  const link = source.origin === 'url' && source.location && /^https?:\/\//i.test(source.location) ? source.location : null
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start gap-3">
        <div className="min-w-0 grow basis-72">
          <h1 className="text-xl font-semibold tracking-tight break-words">{source.title}</h1>
          <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-quiet">
            <SourceStateBadge source={source} />
            {source.state === 'ready' && (
              <span>
                {plural(source.atoms, 'atom', 'atoms')} · {plural(source.pathways, 'pathway', 'pathways')}
              </span>
            )}
            <span>{formatBytes(source.byte_length)}</span>
            <span>{source.content_type}</span>
            <span>
              {originLabels[source.origin] ?? source.origin}, <Ago at={source.created_at} />
            </span>
          </div>
          {source.location && source.location !== source.title && (
            <p className="mt-1 text-xs break-all text-quiet">
              {link ? (
                <a href={link} target="_blank" rel="noreferrer" className="text-accent hover:underline">
                  {link}
                </a>
              ) : (
                source.location
              )}
            </p>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          {source.state === 'failed' && (
            <Button variant="outlined" startIcon={<RotateCw size={15} aria-hidden />} onClick={() => retry.mutate()} loading={retry.isPending}>
              Read again
            </Button>
          )}
          {source.origin !== 'starter' && (
            <Button
              component="a"
              href={`/api/v1/neural/sources/${source.id}/original`}
              download
              variant="outlined"
              startIcon={<Download size={15} aria-hidden />}
            >
              Download the original
            </Button>
          )}
          <Button
            variant="outlined"
            startIcon={<Trash2 size={15} aria-hidden />}
            onClick={() => setRemoving(true)}
            className="border-line text-quiet"
          >
            Delete
          </Button>
        </div>
      </div>
      {source.reason && (
        <div role="alert" className="mb-4 rounded-md border border-danger/50 p-4">
          <p className="font-semibold text-danger">It could not be read</p>
          <p className="break-words">{source.reason.detail}</p>
        </div>
      )}
      {source.state === 'ready' ? (
        <div className="grid grid-cols-1 items-start gap-6 @4xl:grid-cols-[minmax(0,1fr)_17rem]">
          <StoredText source={source} />
          <div className="min-w-0 max-@4xl:order-first">
            <SourceOutline sourceId={source.id} />
          </div>
        </div>
      ) : (
        source.state !== 'failed' && (
          <EmptyState title={source.state === 'queued' ? 'It waits to be read' : 'It is being read'}>
            The text and its atoms appear here as soon as it is ready. You can go elsewhere meanwhile.
          </EmptyState>
        )
      )}
      <DeleteDialog source={removing ? source : null} close={() => setRemoving(false)} onDeleted={() => router.push('/knowledge')} />
    </>
  )
}

function StoredText({ source }: { source: Source }) {
  const { params } = useUrlState()
  const query = useQuery({
    queryKey: ['source-content', source.id],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const response = await call(`/api/v1/neural/sources/${source.id}/content`, { signal, headers: ownHeaders })
      // Not response.text(), which would swallow a byte order mark and move every offset by one.
      return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer())
    },
  })
  const text = query.data
  if (query.error && text === undefined)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The text could not be loaded" />
  if (text === undefined) return <Skeleton variant="rounded" height={400} />
  const asked = params.has('start') || params.has('end')
  const mark = spanOf(params.get('start'), params.get('end'), text.length)
  return (
    <Panel className="min-w-0 py-4">
      {asked && !mark && (
        <p role="alert" className="mx-4 mb-3 text-attention">
          The address names words that are not in this text; it is shown from the beginning.
        </p>
      )}
      {text === '' ? (
        <p className="px-4 text-quiet">This source has no text.</p>
      ) : (
        <SourceText text={text} mark={mark} mono={/json|csv|xml|yaml/.test(source.content_type)} />
      )}
    </Panel>
  )
}
