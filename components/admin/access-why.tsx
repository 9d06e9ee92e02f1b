'use client'
import { Autocomplete, TextField } from '@mui/material'
import { skipToken, useQuery } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { useState } from 'react'
import { orpc } from '@/components/api/client'
import { humanise } from '@/components/ui/format'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import type { Matrix } from './access'
import { type AskedSubject, SubjectField, subjectInput } from './access-subject'
import { type ChosenSource, SourceField } from './source-field'

type Operation = Matrix['operations'][number]
const ruleNames: Record<string, string> = {
  public: 'open to everybody',
  role: 'role',
  partner_level: 'partner access level',
  grant: 'grant',
  scope: 'limits of the credential',
  impersonation: 'impersonation',
  suspended: 'suspension',
  ended: 'the credential gives no access',
  none: 'no rule allows it',
}

/** One question: may this caller do this, and which rule says so. */
export function AccessWhy({ matrix }: { matrix: Matrix }) {
  const [subject, setSubject] = useState<AskedSubject>({ kind: 'person', person: null, other: null })
  const [operation, setOperation] = useState<Operation | null>(null)
  const [source, setSource] = useState<ChosenSource | null>(null)
  const [otherId, setOtherId] = useState('')
  const named = operation?.by_id ? (operation.resource === 'source' ? source?.id : otherId.trim()) : undefined
  const caller = subjectInput(subject)
  const query = useQuery(
    orpc.auth.explainAccess.queryOptions({
      input: caller && operation ? { ...caller, operation: operation.name, ...(named ? { resource_id: named } : {}) } : skipToken,
      staleTime: 0,
    }),
  )
  const answer = query.data
  return (
    <section aria-label="May somebody do something">
      <SectionTitle>May somebody do something?</SectionTitle>
      <Panel className="flex flex-col gap-4 p-4">
        <div className="grid gap-3 @3xl:grid-cols-3">
          <SubjectField value={subject} onChange={setSubject} />
          <Autocomplete
            options={matrix.operations}
            value={operation}
            getOptionLabel={(each) => each.name}
            isOptionEqualToValue={(one, other) => one.name === other.name}
            onChange={(_, each) => setOperation(each)}
            renderInput={(params) => <TextField {...params} label="Operation" />}
          />
          {operation?.by_id &&
            (operation.resource === 'source' ? (
              <SourceField value={source} onChange={setSource} />
            ) : (
              <TextField label={humanise(operation.resource ?? 'resource')} value={otherId} onChange={(event) => setOtherId(event.target.value)} />
            ))}
        </div>
        <div role="status">
          {!caller || !operation ? (
            <p className="text-quiet">Choose who calls and an operation.</p>
          ) : query.error ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} title="There is no answer" />
          ) : !answer ? (
            <SkeletonRows rows={1} />
          ) : (
            <div className="flex items-start gap-3">
              <span className={answer.allowed ? 'text-ok' : 'text-danger'}>
                {answer.allowed ? <Check size={20} aria-hidden /> : <X size={20} aria-hidden />}
              </span>
              <div className="min-w-0">
                <p className="font-semibold">
                  {answer.allowed ? 'Allowed' : 'Refused'}: {ruleNames[answer.rule] ?? answer.rule}
                </p>
                <p>{answer.reason}</p>
                <p className="text-xs break-all text-quiet">
                  {operation.method} {operation.path} needs <code className="font-mono">{answer.permission}</code>
                </p>
              </div>
            </div>
          )}
        </div>
      </Panel>
    </section>
  )
}
