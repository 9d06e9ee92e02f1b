'use client'
import { Alert, Button, Drawer, IconButton, Tooltip, useMediaQuery } from '@mui/material'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { ChevronRight, RotateCcw, Send, X } from 'lucide-react'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { formatDuration, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { useRefreshed } from './webhook-dialogs'
import { type Delivery, StateBadge, type Webhook, whyNot } from './webhook-parts'

const soonMs = 2_000
const calmMs = 15_000

/** The panel of one webhook: what it was told, and every attempt. */
export function WebhookPanel({ webhook, close }: { webhook: Webhook | null; close: () => void }) {
  const phone = useMediaQuery('(max-width: 639.9px)')
  return (
    <Drawer
      open={webhook !== null}
      onClose={close}
      anchor={phone ? 'bottom' : 'right'}
      slotProps={{
        paper: {
          'aria-label': 'Webhook',
          className: phone ? 'max-h-[85dvh] rounded-t-lg border-t border-line-strong' : 'w-120 max-w-full border-l border-line',
        },
      }}
    >
      {webhook && <Body key={webhook.id} webhook={webhook} close={close} />}
    </Drawer>
  )
}

/** An attempt that is made within a minute. */
const isSoon = ({ state, next_attempt_at }: Delivery) => state === 'queued' && (!next_attempt_at || Date.parse(next_attempt_at) < Date.now() + 60_000)

/** Sends a message by which somebody tries whether they arrive. */
export function useTest(webhook: Webhook) {
  const notices = useNotices()
  const refresh = useRefreshed()
  return useMutation({
    mutationFn: () => client.webhooks.test({ id: webhook.id }),
    onSuccess: () => {
      notices.say('A test is on its way.')
      refresh()
    },
    onError: (error) => notices.fail('The test was not sent.', error),
  })
}

function Body({ webhook, close }: { webhook: Webhook; close: () => void }) {
  const test = useTest(webhook)
  const query = useInfiniteQuery(
    orpc.webhooks.deliveries.infiniteOptions({
      input: (cursor: string | undefined) => ({ id: webhook.id, limit: 30, ...(cursor ? { cursor } : {}) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      refetchInterval: ({ state: { data } }) => (data?.pages.some(({ items }) => items.some(isSoon)) ? soonMs : calmMs),
    }),
  )
  const deliveries = query.data?.pages.flatMap(({ items }) => items) ?? []
  const why = whyNot(webhook)
  return (
    <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-4">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow pt-1.5">
          <p className="text-xs text-quiet">
            Made <Ago at={webhook.created_at} />
          </p>
          <h2 className="text-base font-semibold break-all">{webhook.url}</h2>
          {webhook.description && <p className="break-words text-quiet">{webhook.description}</p>}
        </div>
        <Tooltip title="Close  Esc">
          <IconButton onClick={close} aria-label="Close the panel of the webhook">
            <X size={18} />
          </IconButton>
        </Tooltip>
      </div>
      {why && (
        <Alert severity={webhook.state === 'paused' ? 'info' : 'warning'} variant="outlined">
          {why}
        </Alert>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <StateBadge state={webhook.state} />
        <Button variant="outlined" startIcon={<Send size={15} aria-hidden />} loading={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
      </div>
      <section aria-label="Deliveries" className="border-t border-line pt-3">
        <h3 className="mb-2 font-semibold">Deliveries</h3>
        {query.error && deliveries.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The deliveries could not be loaded" />
        ) : query.isPending ? (
          <SkeletonRows rows={4} label="Loading the deliveries" />
        ) : deliveries.length === 0 ? (
          <EmptyState title="Nothing was sent yet">Send a test to see whether messages arrive.</EmptyState>
        ) : (
          <ul className="flex flex-col gap-2">
            {deliveries.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} canRepeat={webhook.state !== 'paused'} />
            ))}
          </ul>
        )}
        {query.hasNextPage && (
          <Button className="!mt-2" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        )}
      </section>
    </div>
  )
}

function Row({ delivery, canRepeat }: { delivery: Delivery; canRepeat: boolean }) {
  const { id, type, state, attempts, created_at, next_attempt_at } = delivery
  const notices = useNotices()
  const refresh = useRefreshed()
  const repeat = useMutation({
    mutationFn: () => client.webhooks.repeat({ id }),
    onSuccess: () => {
      notices.say('It is sent again.')
      refresh()
    },
    onError: (error) => notices.fail('It was not sent again.', error),
  })
  return (
    <li>
      <details className="group rounded-md border border-line">
        <summary className="flex min-h-11 cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
          <ChevronRight size={15} aria-hidden className="shrink-0 text-quiet group-open:rotate-90" />
          <span className="min-w-0 grow font-mono text-xs break-all">{type}</span>
          <span className="text-xs text-quiet">
            <Ago at={created_at} />
          </span>
          <StateBadge state={state} />
        </summary>
        <div className="flex flex-col gap-3 border-t border-line px-3 py-3">
          {attempts.length === 0 && <p className="text-quiet">Not tried yet.</p>}
          <ol className="flex flex-col gap-2">
            {attempts.map((attempt) => (
              <li key={attempt.number}>
                <p className="flex flex-wrap gap-x-3 text-quiet">
                  <span className="text-ink">Attempt {attempt.number}</span>
                  <Ago at={attempt.at} />
                  {attempt.status !== null && <span>answer {attempt.status}</span>}
                  <span className="tabular-nums">{formatDuration(attempt.duration_ms)}</span>
                </p>
                {attempt.error && <p className="break-words text-danger">{attempt.error}</p>}
                {attempt.answer && <pre className="overflow-x-auto text-xs whitespace-pre-wrap break-all text-quiet">{attempt.answer}</pre>}
              </li>
            ))}
          </ol>
          {next_attempt_at && (
            <p className="text-xs text-quiet">
              {attempts.length > 0 ? `Tried ${plural(attempts.length, 'time', 'times')}, next ` : 'Next '}
              {Date.parse(next_attempt_at) < Date.now() + 45_000 ? 'in a moment' : <Ago at={next_attempt_at} />}
            </p>
          )}
          <div>
            <p className="text-xs text-quiet">Sent</p>
            <pre className="overflow-x-auto text-xs whitespace-pre-wrap break-all">{delivery.body}</pre>
          </div>
          <p className="text-xs break-all text-quiet">
            webhook-id <code className="font-mono select-all">{id}</code>
          </p>
          {canRepeat && (
            <div>
              <Button
                variant="outlined"
                startIcon={<RotateCcw size={15} aria-hidden />}
                loading={repeat.isPending}
                onClick={() => repeat.mutate()}
                aria-label={`Send ${type} again`}
              >
                Send again
              </Button>
            </div>
          )}
        </div>
      </details>
    </li>
  )
}
