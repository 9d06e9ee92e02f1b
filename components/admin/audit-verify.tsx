'use client'
import { Button, LinearProgress } from '@mui/material'
import { FileCheck2, ShieldCheck, ShieldX } from 'lucide-react'
import { type DragEvent, useEffect, useRef, useState } from 'react'
import { call } from '@/components/api/call'
import { isAborted } from '@/components/api/problem'
import { formatNumber, humanise, plural } from '@/components/ui/format'
import { Panel } from '@/components/ui/page'
import { ErrorState } from '@/components/ui/states'
import { verifyLog } from './audit-verification'

type Report = Awaited<ReturnType<typeof verifyLog>>
type State =
  | { step: 'idle' }
  | { step: 'running'; of: string; rows: number }
  | { step: 'done'; of: string; report: Report }
  | { step: 'failed'; of: string; error: unknown }

const shown = 50

/** Verifies the log in this browser: the server's own export, or a file that was exported earlier. */
export function AuditVerify({ openRow, onRead }: { openRow: (sequence: number) => void; onRead: () => void }) {
  const [state, setState] = useState<State>({ step: 'idle' })
  const [over, setOver] = useState(false)
  const running = useRef<AbortController | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  useEffect(() => () => running.current?.abort(), [])

  async function run(of: string, open: (signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>) {
    running.current?.abort()
    const control = new AbortController()
    running.current = control
    setState({ step: 'running', of, rows: 0 })
    try {
      const bytes = (await open(control.signal)) ?? new Blob().stream()
      const report = await verifyLog(bytes, control.signal, (rows) => setState({ step: 'running', of, rows }))
      setState({ step: 'done', of, report })
    } catch (error) {
      if (!isAborted(error)) setState({ step: 'failed', of, error })
    }
  }
  const live = () =>
    void run('the log of this enterprise', async (signal) => {
      const { body } = await call('/api/v1/audit/export', { signal })
      onRead() // reading the log is a row of it
      return body
    })
  const file = (given: File | undefined) => given && void run(given.name, async () => given.stream() as ReadableStream<Uint8Array>)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    file(event.dataTransfer.files[0])
  }
  return (
    <Panel className={`mb-4 p-4 ${over ? 'outline-2 outline-accent outline-dashed' : ''}`}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut for the button beside it */}
      <div
        className="flex flex-wrap items-center gap-2"
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <div className="min-w-0 grow basis-80">
          <h2 className="font-semibold">Verify</h2>
          <p className="text-quiet">
            This browser reads the exported log and checks every row against the signed checkpoint, without trusting the server. A file exported
            earlier can be dropped here; it does not leave this device.
          </p>
        </div>
        <Button
          variant="contained"
          startIcon={<ShieldCheck size={16} aria-hidden />}
          onClick={live}
          loading={state.step === 'running'}
          loadingPosition="start"
        >
          Verify the log
        </Button>
        <Button variant="outlined" startIcon={<FileCheck2 size={16} aria-hidden />} onClick={() => picker.current?.click()}>
          Verify a file
        </Button>
        <input
          ref={picker}
          type="file"
          accept=".jsonl,.ndjson,application/x-ndjson"
          className="hidden"
          aria-label="Exported audit log"
          onChange={(event) => {
            file(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
      <div role="status">
        {state.step === 'running' && (
          <div className="mt-3">
            <LinearProgress aria-label="Verifying" />
            <p className="mt-1 text-xs text-quiet">{state.rows ? `${formatNumber(state.rows)} rows read` : 'Reading'}</p>
          </div>
        )}
        {state.step === 'done' && <Verdict of={state.of} report={state.report} openRow={openRow} />}
      </div>
      {state.step === 'failed' && (
        <div className="mt-3">
          <ErrorState error={state.error} title={`${state.of} could not be read`} />
        </div>
      )}
    </Panel>
  )
}

function Verdict({ of, report, openRow }: { of: string; report: Report; openRow: (sequence: number) => void }) {
  if (report.ok)
    return (
      <div className="mt-3 border-t border-line pt-3">
        <p className="flex items-center gap-2 font-semibold">
          <ShieldCheck size={16} className="shrink-0 text-ok" aria-hidden />
          OK: {plural(report.rows, 'row', 'rows')}, whole and unaltered
        </p>
        <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-xs text-quiet">
          <dt>Of</dt>
          <dd className="break-words">{of}</dd>
          <dt>Log</dt>
          <dd className="font-mono break-all">{report.origin}</dd>
          <dt>Signed</dt>
          <dd>{report.signedAt && new Date(report.signedAt).toLocaleString()}, Ed25519 and ML-DSA-44</dd>
          <dt>Root</dt>
          <dd className="font-mono break-all select-all">{report.root}</dd>
          <dt>Keys</dt>
          <dd className="font-mono break-all">{report.keys.map((key) => key.split('+')[1]).join(', ')}</dd>
        </dl>
      </div>
    )
  return (
    <div className="mt-3 border-t border-line pt-3">
      <p className="flex items-center gap-2 font-semibold">
        <ShieldX size={16} className="shrink-0 text-danger" aria-hidden />
        Not OK: {plural(report.problemCount, 'problem', 'problems')} in {of}
      </p>
      <ul className="mt-1 flex flex-col gap-0.5">
        {report.problems.slice(0, shown).map(({ kind, sequence, detail }) => (
          <li key={`${kind} ${sequence} ${detail}`} className="flex flex-wrap items-baseline gap-x-2">
            <span className="w-20 shrink-0 text-xs text-quiet">{humanise(kind)}</span>
            {sequence === null ? (
              detail
            ) : (
              <button type="button" className="rounded-sm text-left underline decoration-line underline-offset-2" onClick={() => openRow(sequence)}>
                {detail}
              </button>
            )}
          </li>
        ))}
      </ul>
      {report.problemCount > shown && <p className="text-xs text-quiet">and {formatNumber(report.problemCount - shown)} more</p>}
    </div>
  )
}
