'use client'
import { IconButton, Tooltip } from '@mui/material'
import { RotateCw, Trash2 } from 'lucide-react'
import Link from 'next/link'
import type { Source } from '@/components/api/types'
import { Ago } from '@/components/ui/ago'
import { formatBytes, formatNumber, plural } from '@/components/ui/format'
import { SourceStateBadge } from './source-state'

export const sourceColumns =
  'grid grid-cols-[minmax(0,1fr)_auto] @3xl:grid-cols-[minmax(0,1fr)_9rem_5.5rem_5.5rem_5.5rem_6.5rem_5.5rem] items-center gap-x-4'

export const originLabels: Record<string, string> = { upload: 'file', text: 'text', url: 'web', starter: 'first workspace', memory: 'remembered' }

/** One source of the list. On a narrow screen figures go under the title. */
export function SourceRow({ source, retry, remove }: { source: Source; retry: () => void; remove: () => void }) {
  const figures = `${plural(source.atoms, 'atom', 'atoms')} · ${plural(source.pathways, 'pathway', 'pathways')} · ${formatBytes(source.byte_length)}`
  return (
    <>
      <td className="min-w-0 py-2">
        <Link
          data-row-focus
          prefetch={false}
          href={`/knowledge/sources/${source.id}`}
          className="block truncate rounded-sm font-medium hover:underline touch:py-1.5"
        >
          {source.title}
        </Link>
        <p className="truncate text-xs text-quiet" title={source.location ?? undefined}>
          {originLabels[source.origin] ?? source.origin}
          {source.location && source.location !== source.title && ` · ${source.location}`}
        </p>
        {source.reason && <p className="text-xs break-words text-danger">{source.reason.detail}</p>}
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-quiet @3xl:hidden">
          <SourceStateBadge source={source} />
          {source.state === 'ready' && <span>{figures}</span>}
        </p>
      </td>
      <td className="hidden @3xl:block">
        <SourceStateBadge source={source} />
      </td>
      <td className="hidden text-right @3xl:block">
        {source.state === 'ready' ? formatNumber(source.atoms) : <span className="text-quiet">–</span>}
      </td>
      <td className="hidden text-right @3xl:block">
        {source.state === 'ready' ? formatNumber(source.pathways) : <span className="text-quiet">–</span>}
      </td>
      <td className="hidden text-right text-quiet @3xl:block">{formatBytes(source.byte_length)}</td>
      <td className="hidden truncate text-right text-quiet @3xl:block">
        <Ago at={source.created_at} />
      </td>
      <td className="flex justify-end">
        {source.state === 'failed' && (
          <Tooltip title="Read it again">
            <IconButton aria-label={`Read ${source.title} again`} onClick={retry} className="text-quiet">
              <RotateCw size={16} />
            </IconButton>
          </Tooltip>
        )}
        <Tooltip title="Delete">
          <IconButton aria-label={`Delete ${source.title}`} onClick={remove} className="text-quiet">
            <Trash2 size={16} />
          </IconButton>
        </Tooltip>
      </td>
    </>
  )
}
