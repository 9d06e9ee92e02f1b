'use client'
import { Button, ToggleButton, ToggleButtonGroup } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { KeySquare, Plus } from 'lucide-react'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/account/confirm-dialog'
import { useSecured } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { Ago } from '@/components/ui/ago'
import { Badge, type Tone } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { NewKeyDialog, RotateDialog } from './api-key-dialogs'

export type ApiKey = Awaited<ReturnType<typeof client.auth.listApiKeys>>['items'][number]
const tones: Record<ApiKey['state'], Tone> = { active: 'ok', expiring: 'attention', expired: 'idle', revoked: 'idle' }

/** Admin > API keys: keys with which programs act as a person, within scopes. */
export function ApiKeysPage() {
  const { params, change } = useUrlState()
  const { data: profile } = useProfile()
  const seesAll = profile?.permissions.includes('security.manage') ?? false
  const of = seesAll && params.get('of') === 'enterprise' ? 'enterprise' : 'me'
  const query = useQuery(orpc.auth.listApiKeys.queryOptions({ input: { of } }))
  const [making, setMaking] = useState(false)
  const [rotating, setRotating] = useState<ApiKey | null>(null)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const revoke = useSecured((input: { id: string }) => client.auth.revokeApiKey(input), {
    done: 'The key opens nothing any more.',
    failed: 'The key was not revoked.',
    onDone: () => setRevoking(null),
  })
  const keys = query.data?.items ?? []
  return (
    <>
      <PageHead
        title="API keys"
        actions={
          <>
            {seesAll && (
              <ToggleButtonGroup
                exclusive
                size="small"
                value={of}
                aria-label="Whose keys"
                onChange={(_, value: string | null) => value && change({ of: value === 'me' ? null : value })}
              >
                <ToggleButton value="me">Mine</ToggleButton>
                <ToggleButton value="enterprise">Everybody’s</ToggleButton>
              </ToggleButtonGroup>
            )}
            {/* The dialog starts from the scopes there are, so it opens when they are known. */}
            <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} disabled={!query.data} onClick={() => setMaking(true)}>
              New key
            </Button>
          </>
        }
      >
        A program that sends one acts as its owner, within the key’s scopes. AIA keeps only a hash.
      </PageHead>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The keys could not be loaded" />
      ) : (
        <Panel>
          {query.isPending ? (
            <SkeletonRows rows={3} height={60} label="Loading API keys" />
          ) : keys.length === 0 ? (
            <EmptyState icon={<KeySquare size={24} />} title="No API key yet">
              Make one for a program that reads or writes without a person signed in.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {keys.map((key) => (
                <Row
                  key={key.id}
                  apiKey={key}
                  own={key.person.id === profile?.person.id}
                  rotate={() => setRotating(key)}
                  revoke={() => setRevoking(key)}
                />
              ))}
            </ul>
          )}
        </Panel>
      )}
      <NewKeyDialog open={making} close={() => setMaking(false)} scopes={query.data?.scopes ?? []} />
      <RotateDialog apiKey={rotating} close={() => setRotating(null)} />
      <ConfirmDialog
        open={revoking !== null}
        title={`Revoke “${revoking?.name ?? ''}”?`}
        action="Revoke"
        busy={revoke.isPending}
        close={() => setRevoking(null)}
        confirm={() => revoking && revoke.mutate({ id: revoking.id })}
      >
        Programs that use {revoking?.start}… are refused at once. It cannot be undone.
      </ConfirmDialog>
    </>
  )
}

function Row({ apiKey, own, rotate, revoke }: { apiKey: ApiKey; own: boolean; rotate: () => void; revoke: () => void }) {
  const live = apiKey.state === 'active' || apiKey.state === 'expiring'
  return (
    <li className="flex min-h-15 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 grow basis-60">
        <p className="truncate font-medium">
          {apiKey.name} <code className="font-mono text-xs font-normal text-quiet">{apiKey.start}…</code>
        </p>
        <p className="text-xs break-words text-quiet">
          {!own && `${apiKey.person.name} · `}
          {apiKey.scopes.join(', ')}
        </p>
      </div>
      <span className="text-xs text-quiet">
        {apiKey.last_used_at ? (
          <>
            used <Ago at={apiKey.last_used_at} />
          </>
        ) : (
          'never used'
        )}
        {live && apiKey.expires_at && (
          <>
            , ends <Ago at={apiKey.expires_at} />
          </>
        )}
      </span>
      <Badge tone={tones[apiKey.state]}>{humanise(apiKey.state)}</Badge>
      {live && (
        <span className="flex gap-1">
          {own && apiKey.state === 'active' && (
            <Button onClick={rotate} aria-label={`Rotate the key ${apiKey.name}`}>
              Rotate
            </Button>
          )}
          <Button color="error" onClick={revoke} aria-label={`Revoke the key ${apiKey.name}`}>
            Revoke
          </Button>
        </span>
      )}
    </li>
  )
}
