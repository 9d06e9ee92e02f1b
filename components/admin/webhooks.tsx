'use client'
import { Button, IconButton, Menu, MenuItem, Tooltip } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { EllipsisVertical, Plus, Webhook as WebhookIcon } from 'lucide-react'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/account/confirm-dialog'
import { useSecured } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { humanise } from '@/components/ui/format'
import { PageHead, Panel } from '@/components/ui/page'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { ChangeWebhookDialog, NewWebhookDialog, RotateSecretDialog, useRefreshed } from './webhook-dialogs'
import { useTest, WebhookPanel } from './webhook-panel'
import { StateBadge, type Webhook, whyNot } from './webhook-parts'

const lookEveryMs = 15_000

/** Admin > Webhooks: addresses outside that are told what happens. */
export function WebhooksPage() {
  const { params, change } = useUrlState()
  const query = useQuery(orpc.webhooks.list.queryOptions({ input: {}, refetchInterval: lookEveryMs }))
  const [making, setMaking] = useState(false)
  const items = query.data?.items ?? []
  const events = query.data?.events ?? []
  const open = items.find(({ id }) => id === params.get('webhook')) ?? null
  const add = (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      New webhook
    </Button>
  )
  return (
    <>
      <PageHead title="Webhooks" actions={items.length > 0 && add}>
        Addresses outside that are told what happens here: signed, in ids and counts, again and again until they arrive.
      </PageHead>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The webhooks could not be loaded" />
      ) : (
        <Panel>
          {query.isPending ? (
            <SkeletonRows rows={3} height={60} label="Loading webhooks" />
          ) : items.length === 0 ? (
            <EmptyState icon={<WebhookIcon size={24} />} title="Nobody is told yet" action={add}>
              Give the address of a program that shall hear when sources are read, answers given or rights changed.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line">
              {items.map((webhook) => (
                <Row key={webhook.id} webhook={webhook} events={events} show={() => change({ webhook: webhook.id })} />
              ))}
            </ul>
          )}
        </Panel>
      )}
      <NewWebhookDialog open={making} close={() => setMaking(false)} events={events} />
      <WebhookPanel webhook={open} close={() => change({ webhook: null })} />
    </>
  )
}

function LastDelivery({ last }: { last: Webhook['last_delivery'] }) {
  return (
    <span className="text-xs text-quiet">
      {last ? (
        <>
          {last.type} {humanise(last.state).toLowerCase()} <Ago at={last.at} />
        </>
      ) : (
        'nothing sent yet'
      )}
    </span>
  )
}

function Row({ webhook, events, show }: { webhook: Webhook; events: readonly string[]; show: () => void }) {
  const why = whyNot(webhook)
  return (
    <li className="flex items-start gap-x-3 px-3 py-3">
      <div className="flex min-w-0 grow flex-col gap-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <button type="button" onClick={show} className="min-w-0 rounded-sm text-left font-medium break-all hover:underline touch:min-h-11">
            {webhook.url}
          </button>
          <StateBadge state={webhook.state} />
        </p>
        {webhook.description && <p className="break-words text-quiet">{webhook.description}</p>}
        <p className="font-mono text-xs break-words text-quiet">{webhook.events.join(', ')}</p>
        <LastDelivery last={webhook.last_delivery} />
        {why && <p className={`text-xs break-words ${webhook.state === 'failing' ? 'text-attention' : 'text-quiet'}`}>{why}</p>}
        {webhook.old_secret_until && (
          <p className="text-xs text-quiet">
            The old secret signs too; it ends <Ago at={webhook.old_secret_until} />.
          </p>
        )}
      </div>
      <Actions webhook={webhook} events={events} show={show} />
    </li>
  )
}

function Actions({ webhook, events, show }: { webhook: Webhook; events: readonly string[]; show: () => void }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [dialog, setDialog] = useState<'change' | 'rotate' | 'delete' | null>(null)
  const refresh = useRefreshed()
  const test = useTest(webhook)
  const close = () => setDialog(null)
  const isPaused = webhook.state === 'paused'
  const pause = useSecured((paused: boolean) => client.webhooks.change({ id: webhook.id, paused }), {
    done: isPaused ? 'The webhook goes on.' : 'The webhook is paused.',
    failed: 'The webhook was not changed.',
    onDone: refresh,
  })
  const remove = useSecured((input: { id: string }) => client.webhooks.delete(input), {
    done: 'The webhook is deleted.',
    failed: 'The webhook was not deleted.',
    onDone: () => {
      close()
      refresh()
    },
  })
  const choose = (run: () => void) => () => {
    setAnchor(null)
    run()
  }
  return (
    <>
      <Tooltip title="More">
        <IconButton aria-label={`More about ${webhook.url}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
          <EllipsisVertical size={16} />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={choose(show)}>Deliveries</MenuItem>
        <MenuItem onClick={choose(() => test.mutate())}>Send a test</MenuItem>
        <MenuItem onClick={choose(() => setDialog('change'))}>Change</MenuItem>
        <MenuItem onClick={choose(() => pause.mutate(!isPaused))}>{isPaused ? 'Let it go on' : 'Pause'}</MenuItem>
        <MenuItem onClick={choose(() => setDialog('rotate'))}>New secret</MenuItem>
        <MenuItem onClick={choose(() => setDialog('delete'))}>Delete</MenuItem>
      </Menu>
      <ChangeWebhookDialog webhook={dialog === 'change' ? webhook : null} close={close} events={events} />
      <RotateSecretDialog webhook={dialog === 'rotate' ? webhook : null} close={close} />
      <ConfirmDialog
        open={dialog === 'delete'}
        title={`Delete the webhook to ${webhook.url}?`}
        action="Delete"
        busy={remove.isPending}
        close={close}
        confirm={() => remove.mutate({ id: webhook.id })}
      >
        What waits is not sent, and its deliveries are forgotten. It cannot be undone.
      </ConfirmDialog>
    </>
  )
}
