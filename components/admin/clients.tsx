'use client'
import { Button, IconButton, Menu, MenuItem, Tooltip } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { AppWindow, EllipsisVertical, Plus } from 'lucide-react'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { NewClientDialog } from './client-new'
import { type Secret, SecretDialog } from './client-secret'

type OauthClient = Awaited<ReturnType<typeof client.auth.listClients>>['items'][number]

/** Admin > OAuth clients: programs that sign people in through AIA, or act for themselves. */
export function ClientsPage() {
  const query = useQuery(orpc.auth.listClients.queryOptions({ input: {} }))
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<Secret | null>(null)
  const items = query.data?.items ?? []
  const add = (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      Register a program
    </Button>
  )
  return (
    <>
      <PageHead title="OAuth clients" actions={items.length > 0 && add}>
        Programs that sign people in through AIA, or act for themselves (OAuth 2.0, OpenID Connect).
        {query.data && (
          <span className="block break-all">
            Issuer <code className="font-mono select-all">{query.data.issuer}</code>
          </span>
        )}
      </PageHead>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The programs could not be loaded" />
      ) : query.isPending ? (
        <Panel>
          <SkeletonRows rows={3} height={60} label="Loading programs" />
        </Panel>
      ) : items.length === 0 ? (
        <Panel>
          <EmptyState icon={<AppWindow size={24} />} title="No program is registered" action={add}>
            A registered program can ask people to sign in with AIA, or call the API in its own name.
          </EmptyState>
        </Panel>
      ) : (
        <Panel>
          <ul className="divide-y divide-line">
            {items.map((item) => (
              <ClientRow key={item.id} item={item} show={setSecret} />
            ))}
          </ul>
        </Panel>
      )}
      <NewClientDialog open={adding} close={() => setAdding(false)} show={setSecret} />
      <SecretDialog secret={secret} close={() => setSecret(null)} />
    </>
  )
}

function ClientRow({ item, show }: { item: OauthClient; show: (secret: Secret) => void }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [dialog, setDialog] = useState<'rotate' | 'delete' | null>(null)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const refresh = () => void queryClient.invalidateQueries({ queryKey: orpc.auth.listClients.key() })
  const close = () => setDialog(null)
  const rotate = useMutation({
    mutationFn: () => client.auth.rotateClientSecret({ id: item.id }),
    onSuccess: (changed) => {
      close()
      show({ name: changed.name, clientId: changed.client_id, secret: changed.client_secret })
      refresh()
    },
  })
  const remove = useMutation({
    mutationFn: () => client.auth.deleteClient({ id: item.id }),
    onSuccess: () => {
      close()
      notices.say(`${item.name} is forgotten; its tokens have stopped.`)
      refresh()
    },
  })
  const choose = (next: 'rotate' | 'delete') => () => {
    setAnchor(null)
    setDialog(next)
  }
  return (
    <li className="flex items-start gap-x-4 px-3 py-3">
      <div className="flex min-w-0 grow flex-col gap-1">
        <p className="font-medium break-words">{item.name}</p>
        <p className="text-xs break-all text-quiet">
          <code className="font-mono select-all">{item.client_id}</code>
        </p>
        <p className="flex flex-wrap gap-1">
          <Badge tone={item.kind === 'public' ? 'attention' : 'idle'}>{humanise(item.kind)}</Badge>
          {item.grant_types.map((type) => (
            <Badge key={type}>{humanise(type)}</Badge>
          ))}
          {item.grant_types.includes('client_credentials') && <Badge tone="info">acts as {item.role}</Badge>}
        </p>
        {item.scopes.length > 0 && <p className="text-xs break-words text-quiet">At most {item.scopes.join(', ')}</p>}
        {item.redirect_uris.map((uri) => (
          <p key={uri} className="text-xs break-all text-quiet">
            Returns to {uri}
          </p>
        ))}
        <p className="text-xs text-quiet">
          Registered <Ago at={item.created_at} />
          {item.secret_changed_at && (
            <>
              , secret from <Ago at={item.secret_changed_at} />
            </>
          )}
        </p>
      </div>
      <Tooltip title="Change">
        <IconButton aria-label={`Change ${item.name}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
          <EllipsisVertical size={16} />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {item.kind === 'confidential' && <MenuItem onClick={choose('rotate')}>New secret</MenuItem>}
        <MenuItem onClick={choose('delete')}>Delete</MenuItem>
      </Menu>
      <ConfirmDialog
        open={dialog === 'rotate'}
        close={close}
        title={`A new secret for ${item.name}?`}
        word="replace"
        action="Replace"
        run={() => rotate.mutate()}
        busy={rotate.isPending}
        error={rotate.error}
      >
        The old secret stops at once, so the program cannot get new tokens until it has the new one. Tokens that it holds go on until they expire.
      </ConfirmDialog>
      <ConfirmDialog
        open={dialog === 'delete'}
        close={close}
        title={`Delete ${item.name}?`}
        word="delete"
        action="Delete"
        run={() => remove.mutate()}
        busy={remove.isPending}
        error={remove.error}
      >
        Every token of the program stops at once, and nobody can sign in through it any more. It cannot be undone; a program that is registered again
        has another id and secret.
      </ConfirmDialog>
    </li>
  )
}
