'use client'
import { Drawer, IconButton, Skeleton, Tooltip, useMediaQuery } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { ShieldCheck, ShieldX, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { type client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { humanise, plural } from '@/components/ui/format'
import { ErrorState } from '@/components/ui/states'
import { OutcomeBadge, whoName } from './audit-labels'
import { verifyRow } from './audit-verification'

type Proof = Awaited<ReturnType<typeof client.audit.getAuditProof>>

/** The panel of one row: everything it says, and its proof, checked here. */
export function AuditRowPanel({ sequence, close }: { sequence: number | null; close: () => void }) {
  const phone = useMediaQuery('(max-width: 639.9px)')
  return (
    <Drawer
      open={sequence !== null}
      onClose={close}
      anchor={phone ? 'bottom' : 'right'}
      slotProps={{
        paper: {
          'aria-label': 'Audit row',
          className: phone ? 'max-h-[85dvh] rounded-t-lg border-t border-line-strong' : 'w-120 max-w-full border-l border-line',
        },
      }}
    >
      {sequence !== null && <RowBody key={sequence} sequence={sequence} close={close} />}
    </Drawer>
  )
}

function RowBody({ sequence, close }: { sequence: number; close: () => void }) {
  const query = useQuery(orpc.audit.getAuditProof.queryOptions({ input: { sequence }, staleTime: 30_000 }))
  const proof = query.data
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-4">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow pt-1.5">
          <p className="text-xs text-quiet">
            Row {sequence}
            {proof && (
              <>
                {' · '}
                <Ago at={proof.row.entry.at} />
              </>
            )}
          </p>
          {proof ? (
            <h2 className="font-mono text-base font-semibold break-words">{proof.row.entry.operation}</h2>
          ) : (
            !query.error && <Skeleton width="70%" />
          )}
        </div>
        <Tooltip title="Close  Esc">
          <IconButton onClick={close} aria-label="Close the panel of the row">
            <X size={18} />
          </IconButton>
        </Tooltip>
      </div>
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} title="This row could not be loaded" />}
      {!proof && !query.error && <Skeleton variant="rounded" height={200} />}
      {proof && <Facts proof={proof} />}
      {proof && <Inclusion proof={proof} />}
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
const code = (text: string) => <code className="font-mono text-xs break-all select-all">{text}</code>

function Facts({ proof: { row } }: { proof: Proof }) {
  const { entry, actor, impersonator, personal } = row
  const erased = entry.personal.filter(({ person }) => !personal.some((part) => part.person === person)).length
  return (
    <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">
      <Fact name="Result">
        <OutcomeBadge outcome={entry.outcome} />
      </Fact>
      <Fact name="Who">
        {whoName(actor)} {actor.email && <span className="text-quiet">{actor.email}</span>}
        <br />
        {code(actor.id)}
      </Fact>
      {impersonator && (
        <Fact name="Acting as them">
          {whoName(impersonator)}
          <br />
          {code(impersonator.id)}
        </Fact>
      )}
      <Fact name="When">{code(entry.at)}</Fact>
      <Fact name="On">{entry.target ? code(entry.target) : <span className="text-quiet">nothing single</span>}</Fact>
      {personal.flatMap((part) =>
        Object.entries(part.values).map(([name, value]) => (
          <Fact key={`${part.person} ${name}`} name={humanise(name)}>
            {code(value)}
          </Fact>
        )),
      )}
      {erased > 0 && <Fact name="Personal">Erased; the row stays whole without it.</Fact>}
      <Fact name="Request">{code(entry.request_id)}</Fact>
      {entry.before && <Fact name="Before, SHA-256">{code(entry.before)}</Fact>}
      {entry.after && <Fact name="After, SHA-256">{code(entry.after)}</Fact>}
      {entry.detail !== null && (
        <Fact name="Detail">
          <pre className="max-h-60 overflow-auto rounded-sm bg-raised p-2 font-mono text-xs whitespace-pre-wrap">
            {JSON.stringify(entry.detail, null, 2)}
          </pre>
        </Fact>
      )}
    </dl>
  )
}

function Inclusion({ proof }: { proof: Proof }) {
  const { data } = useQuery({
    queryKey: ['verified row', proof.leaf_hash, proof.checkpoint],
    queryFn: () => verifyRow(proof),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const [, size] = proof.checkpoint.split('\n')
  return (
    <section aria-label="Inclusion proof" className="border-t border-line pt-3">
      <h3 className="mb-1 font-semibold">Inclusion proof</h3>
      <p role="status" className="flex items-center gap-2">
        {data === undefined ? (
          <span className="text-quiet">Checking</span>
        ) : data.ok ? (
          <ShieldCheck size={16} className="shrink-0 text-ok" aria-hidden />
        ) : (
          <ShieldX size={16} className="shrink-0 text-danger" aria-hidden />
        )}
        {data?.says}
      </p>
      <details className="mt-2">
        <summary className="cursor-pointer text-quiet">
          Leaf, {plural(proof.proof.length, 'hash', 'hashes')}, checkpoint of {plural(Number(size), 'row', 'rows')}
        </summary>
        <ol className="mt-1 flex flex-col gap-0.5">
          <li>{code(proof.leaf_hash)}</li>
          {proof.proof.map((hash) => (
            <li key={hash}>{code(hash)}</li>
          ))}
        </ol>
        <pre className="mt-2 max-h-48 overflow-auto rounded-sm bg-raised p-2 font-mono text-xs break-all whitespace-pre-wrap select-all">
          {proof.checkpoint}
        </pre>
      </details>
    </section>
  )
}
