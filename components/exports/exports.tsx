'use client'
import { Button, IconButton, LinearProgress } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Download, Trash2 } from 'lucide-react'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { formatBytes, formatNumber } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'

export type Export = Awaited<ReturnType<typeof client.exports.list>>['items'][number]

const isOpen = ({ state }: Export) => state === 'queued' || state === 'running'

/** Exports of one kind that this person may download, newest first, asked for anew while one is being made. */
function useExports(kind: Export['kind'], subject?: string) {
  const query = useQuery(
    orpc.exports.list.queryOptions({ input: {}, refetchInterval: ({ state: { data } }) => (data?.items.some(isOpen) ? 1_000 : false) }),
  )
  return query.data?.items.filter((each) => each.kind === kind && (subject === undefined || each.subject_id === subject)) ?? []
}

/** Asks for an export. What becomes of it is shown by `ExportFiles`. */
export function useStartExport<I = void>(start: (input: I) => Promise<Export>) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  return useMutation({
    mutationFn: start,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.exports.key() }),
    onError: (error) => notices.fail('The export could not be asked for.', error),
  })
}

/** Files that were asked for where this stands: how far each is, and where it can be downloaded. Nothing while there are none. */
export function ExportFiles({ kind, subject, className = '' }: { kind: Export['kind']; subject?: string; className?: string }) {
  const files = useExports(kind, subject)
  const newest = files[0]
  return (
    <div className={files.length > 0 ? className : 'sr-only'}>
      <p role="status" className="sr-only">
        {newest && (isOpen(newest) ? 'The export is being made.' : newest.state === 'done' ? 'The export is ready.' : 'The export was not made.')}
      </p>
      {newest && (
        <ul aria-label="Exports" className="divide-y divide-line rounded-md border border-line">
          {files.slice(0, 5).map((file) => (
            <li key={file.id} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
              <ExportFile file={file} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function ExportFile({ file }: { file: Export }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const removal = useMutation({
    mutationFn: () => client.exports.remove({ id: file.id }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.exports.key() }),
    onError: (error) => notices.fail('The export could not be removed.', error),
  })
  const name = file.file_name ?? 'The file'
  const { done, total } = file.progress
  return (
    <>
      {file.state === 'done' ? (
        <>
          <Button component="a" href={`/api/v1/exports/${file.id}/download`} download={name} startIcon={<Download size={16} aria-hidden />}>
            Download {name}
          </Button>
          <span className="text-xs text-quiet">
            {formatBytes(file.byte_length ?? 0)}, made <Ago at={file.created_at} />, kept until{' '}
            {new Date(file.expires_at).toLocaleDateString('en-GB')}
          </span>
        </>
      ) : isOpen(file) ? (
        <>
          <span>{file.state === 'queued' ? 'Waits to be made' : `${file.format.toUpperCase()} is being made`}</span>
          <LinearProgress
            variant={total > 0 ? 'determinate' : 'indeterminate'}
            {...(total > 0 ? { value: Math.min(100, (100 * done) / total) } : {})}
            aria-label="Progress of the export"
            className="h-1.5 max-w-48 min-w-16 grow motion-reduce:animate-none"
          />
          {total > 0 && (
            <span className="text-xs text-quiet tabular-nums">
              {formatNumber(done)} of {formatNumber(total)}
            </span>
          )}
        </>
      ) : (
        <span className="text-danger">
          {file.state === 'cancelled' ? 'It was cancelled' : 'It could not be made'}, <Ago at={file.created_at} />. Ask for it again.
        </span>
      )}
      <IconButton
        className="ml-auto"
        aria-label={isOpen(file) ? 'Cancel this export' : `Remove ${name}`}
        title={isOpen(file) ? 'Cancel' : 'Remove'}
        disabled={removal.isPending}
        onClick={() => removal.mutate()}
      >
        <Trash2 size={16} aria-hidden />
      </IconButton>
    </>
  )
}
