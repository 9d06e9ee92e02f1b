'use client'
import { Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle, FormControlLabel, FormGroup, FormLabel, TextField } from '@mui/material'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSecured, wasCancelled } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { ShownOnce } from './shown-once'
import { type EventName, eventSays, type Webhook } from './webhook-parts'

type Input = { url: string; description: string; events: EventName[] }

/** Reads everything about webhooks again. */
export function useRefreshed(): () => void {
  const queryClient = useQueryClient()
  return () => void queryClient.invalidateQueries({ queryKey: orpc.webhooks.key() })
}

function Made({ secret, close, titleId }: { secret: string; close: () => void; titleId: string }) {
  const say = 'With it the receiver checks the signature of every message, by any library for Standard Webhooks.'
  return <ShownOnce titleId={titleId} what="secret" label="Signing secret" value={secret} say={say} close={close} />
}

function Fields({ input, change, events, error }: { input: Input; change: (input: Input) => void; events: readonly string[]; error: unknown }) {
  const { url, description, events: chosen } = input
  const wrong = error ? toProblem(error).fields : []
  const urlError = wrong.find(({ pointer }) => pointer === '/url')?.detail
  return (
    <>
      {error !== null && !wasCancelled(error) && !urlError && <ProblemAlert error={error} />}
      <TextField
        autoFocus
        type="url"
        label="Address"
        value={url}
        error={urlError !== undefined}
        helperText={urlError ?? 'Messages are sent there by POST; https'}
        onChange={(event) => change({ ...input, url: event.target.value })}
        slotProps={{ htmlInput: { maxLength: 2_000, autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } }}
      />
      <TextField
        label="Description"
        value={description}
        helperText="What listens there, for example “Search index”"
        onChange={(event) => change({ ...input, description: event.target.value })}
        slotProps={{ htmlInput: { maxLength: 200, autoComplete: 'off' } }}
      />
      <div>
        <FormLabel id="webhook-events">What it is told</FormLabel>
        <FormGroup aria-labelledby="webhook-events">
          {events.map((name) => (
            <FormControlLabel
              key={name}
              className="!items-start"
              label={
                <span className="block py-1.5">
                  <code className="font-mono text-xs">{name}</code>
                  <span className="block text-xs text-quiet">{eventSays(name)}</span>
                </span>
              }
              control={
                <Checkbox
                  checked={chosen.includes(name as EventName)}
                  onChange={(_, on) => change({ ...input, events: on ? [...chosen, name as EventName] : chosen.filter((each) => each !== name) })}
                />
              }
            />
          ))}
        </FormGroup>
      </div>
    </>
  )
}

const isReady = ({ url, events }: Input) => url.trim() !== '' && events.length > 0
const sent = ({ url, description, events }: Input): Input => ({ url: url.trim(), description: description.trim(), events })

export function NewWebhookDialog({ open, close, events }: { open: boolean; close: () => void; events: readonly string[] }) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-labelledby="new-webhook-title">
      {open && <NewWebhook close={close} events={events} />}
    </Dialog>
  )
}

function NewWebhook({ close, events }: { close: () => void; events: readonly string[] }) {
  const refresh = useRefreshed()
  const [input, setInput] = useState<Input>({ url: '', description: '', events: events.includes('source.state') ? ['source.state'] : [] })
  const make = useSecured((given: Input) => client.webhooks.create(given), { onDone: refresh })
  if (make.data) return <Made secret={make.data.secret} close={close} titleId="new-webhook-title" />
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady(input)) make.mutate(sent(input))
      }}
    >
      <DialogTitle id="new-webhook-title">New webhook</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <Fields input={input} change={setInput} events={events} error={make.error} />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!isReady(input)} loading={make.isPending}>
          Make the webhook
        </Button>
      </DialogActions>
    </form>
  )
}

export function ChangeWebhookDialog({ webhook, close, events }: { webhook: Webhook | null; close: () => void; events: readonly string[] }) {
  return (
    <Dialog open={webhook !== null} onClose={close} fullWidth maxWidth="sm" aria-labelledby="change-webhook-title">
      {webhook && <ChangeWebhook key={webhook.id} webhook={webhook} close={close} events={events} />}
    </Dialog>
  )
}

function ChangeWebhook({ webhook, close, events }: { webhook: Webhook; close: () => void; events: readonly string[] }) {
  const refresh = useRefreshed()
  const { id, url, description } = webhook
  const [input, setInput] = useState<Input>({ url, description, events: webhook.events as EventName[] })
  const change = useSecured((given: Input) => client.webhooks.change({ id, ...given }), {
    done: 'The webhook is changed.',
    onDone: () => {
      refresh()
      close()
    },
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady(input)) change.mutate(sent(input))
      }}
    >
      <DialogTitle id="change-webhook-title">Change the webhook</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <Fields input={input} change={setInput} events={events} error={change.error} />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!isReady(input)} loading={change.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  )
}

export function RotateSecretDialog({ webhook, close }: { webhook: Webhook | null; close: () => void }) {
  return (
    <Dialog open={webhook !== null} onClose={close} fullWidth maxWidth="sm" aria-labelledby="rotate-secret-title">
      {webhook && <RotateSecret key={webhook.id} webhook={webhook} close={close} />}
    </Dialog>
  )
}

function RotateSecret({ webhook, close }: { webhook: Webhook; close: () => void }) {
  const refresh = useRefreshed()
  const rotate = useSecured((input: { id: string }) => client.webhooks.rotate(input), { onDone: refresh })
  if (rotate.data) return <Made secret={rotate.data.secret} close={close} titleId="rotate-secret-title" />
  return (
    <>
      <DialogTitle id="rotate-secret-title" className="break-all">
        A new secret for {webhook.url}?
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {rotate.error && !wasCancelled(rotate.error) && <ProblemAlert error={rotate.error} />}
        <p>
          For 24 hours every message is signed with both secrets, so that the receiver can be changed without a gap. After that the old one is
          forgotten.
        </p>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button variant="contained" loading={rotate.isPending} onClick={() => rotate.mutate({ id: webhook.id })}>
          Make a new secret
        </Button>
      </DialogActions>
    </>
  )
}
