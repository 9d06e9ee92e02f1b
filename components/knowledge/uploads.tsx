'use client'
import { Button, IconButton, LinearProgress, Tooltip } from '@mui/material'
import { useQueryClient } from '@tanstack/react-query'
import { RotateCw, X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'
import { orpc } from '@/components/api/client'
import { reportSessionEnded } from '@/components/api/session-state'
import { uploadFile } from '@/components/api/upload'
import { sendLater } from '@/components/offline/outbox-state'
import { formatBytes, formatNumber, plural } from '@/components/ui/format'
import { Panel } from '@/components/ui/page'
import { UploadQueue } from './upload-queue'

let refresh: () => void = () => undefined
/** One queue for the whole console. */
export const uploads = new UploadQueue(
  uploadFile,
  () => refresh(),
  async (file, name, id) => (await sendLater({ kind: 'file', name, file }, { id, wasTried: navigator.onLine })) !== null,
)

const none: ReturnType<typeof uploads.snapshot> = []
const shownFailures = 50

/** What is being sent, and what could not be. */
export function Uploads() {
  const list = useSyncExternalStore(uploads.subscribe, uploads.snapshot, () => none)
  const queryClient = useQueryClient()
  useEffect(() => {
    let due = false
    // A folder of a thousand files asks for the list once a second, not a thousand times.
    refresh = () => {
      if (due) return
      due = true
      setTimeout(() => {
        due = false
        void queryClient.invalidateQueries({ queryKey: orpc.neural.listSources.key() })
        void queryClient.invalidateQueries({ queryKey: orpc.neural.status.key() })
      }, 600)
    }
  }, [queryClient])
  const failed = list.filter(({ state }) => state === 'failed')
  const open = list.filter(({ state }) => state === 'waiting' || state === 'sending')
  const signedOut = failed.some(({ problem }) => problem?.status === 401)
  useEffect(() => {
    if (signedOut) reportSessionEnded()
  }, [signedOut])
  useEffect(() => {
    if (open.length === 0) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [open.length])

  if (open.length === 0 && failed.length === 0) return null
  const counted = list.filter(({ state }) => state !== 'failed')
  const bytes = counted.reduce((sum, upload) => sum + upload.bytes, 0)
  const sent = counted.reduce((sum, upload) => sum + upload.bytes * upload.sent, 0)
  return (
    <Panel className="mb-4 p-4">
      {open.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="min-w-48 grow">
            <p className="mb-1.5 flex justify-between gap-3">
              <span>
                Sending {formatNumber(counted.length - open.length + 1)} of {plural(counted.length, 'file', 'files')}
              </span>
              <span className="text-quiet">
                {formatBytes(sent)} of {formatBytes(bytes)}
              </span>
            </p>
            <LinearProgress variant="determinate" value={bytes > 0 ? (sent / bytes) * 100 : 0} aria-label="Sending files" />
          </div>
          <Button variant="outlined" onClick={() => uploads.stop()}>
            Stop
          </Button>
        </div>
      )}
      {failed.length > 0 && (
        <div role="alert" className={open.length > 0 ? 'mt-4' : ''}>
          <div className="mb-1 flex items-center justify-between gap-3">
            <p className="font-semibold">{plural(failed.length, 'file was', 'files were')} not taken; nothing of them is stored</p>
            <Button onClick={() => uploads.dismissFailed()}>Dismiss</Button>
          </div>
          <ul className="max-h-64 divide-y divide-line overflow-y-auto">
            {failed.slice(0, shownFailures).map((upload) => (
              <li key={upload.id} className="flex items-center gap-2 py-1">
                <span className="min-w-0 grow">
                  <span className="block truncate">{upload.name}</span>
                  <span className="block text-xs break-words text-danger">
                    {upload.problem?.message ?? 'Stopped.'}
                    {upload.problem?.requestId && <span className="text-quiet"> Request {upload.problem.requestId}</span>}
                  </span>
                </span>
                <Tooltip title="Send again">
                  <IconButton aria-label={`Send ${upload.name} again`} onClick={() => uploads.retry(upload.id)}>
                    <RotateCw size={15} />
                  </IconButton>
                </Tooltip>
                <Tooltip title="Dismiss">
                  <IconButton aria-label={`Dismiss ${upload.name}`} onClick={() => uploads.dismiss(upload.id)}>
                    <X size={15} />
                  </IconButton>
                </Tooltip>
              </li>
            ))}
          </ul>
          {failed.length > shownFailures && <p className="mt-1 text-xs text-quiet">and {formatNumber(failed.length - shownFailures)} more</p>}
        </div>
      )}
    </Panel>
  )
}
