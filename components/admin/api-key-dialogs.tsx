'use client'
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogContent,
  DialogTitle,
  FormControlLabel,
  FormGroup,
  FormLabel,
  MenuItem,
  TextField,
} from '@mui/material'
import { useState } from 'react'
import { useSecured, wasCancelled } from '@/components/account/use-secured'
import { client } from '@/components/api/client'
import { ProblemAlert } from '@/components/ui/problem-alert'
import type { ApiKey } from './api-keys'
import { ShownOnce } from './shown-once'

const lifetimes: readonly [string, number | null][] = [
  ['30 days', 30],
  ['90 days', 90],
  ['1 year', 365],
  ['Until it is revoked', null],
]
const overlaps: readonly [string, number][] = [
  ['At once', 0],
  ['After 1 hour', 1],
  ['After 24 hours', 24],
  ['After 7 days', 168],
]

function Made({ text, close, titleId }: { text: string; close: () => void; titleId: string }) {
  const say = 'A program sends it as “Authorization: Bearer …” or “X-API-Key: …”.'
  return <ShownOnce titleId={titleId} what="key" label="API key" value={text} say={say} close={close} />
}

export function NewKeyDialog({ open, close, scopes }: { open: boolean; close: () => void; scopes: readonly string[] }) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-labelledby="new-key-title">
      {open && <NewKey close={close} scopes={scopes} />}
    </Dialog>
  )
}

function NewKey({ close, scopes }: { close: () => void; scopes: readonly string[] }) {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(() => scopes.filter((scope) => scope === 'knowledge.read'))
  const [days, setDays] = useState<number | null>(90)
  const make = useSecured((input: Parameters<typeof client.auth.createApiKey>[0]) => client.auth.createApiKey(input), {})
  if (make.data) return <Made text={make.data.key} close={close} titleId="new-key-title" />
  const ready = name.trim() !== '' && chosen.length > 0
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) make.mutate({ name: name.trim(), scopes: [...chosen], expires_in_days: days })
      }}
    >
      <DialogTitle id="new-key-title">New API key</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {make.error && !wasCancelled(make.error) && <ProblemAlert error={make.error} />}
        <TextField
          autoFocus
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          helperText="What will use it, for example “Nightly export”"
          slotProps={{ htmlInput: { maxLength: 100, autoComplete: 'off' } }}
        />
        <TextField select label="Ends after" value={days ?? 0} onChange={(event) => setDays(Number(event.target.value) || null)}>
          {lifetimes.map(([label, value]) => (
            <MenuItem key={label} value={value ?? 0}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <div>
          <FormLabel id="scopes-label">What it may do</FormLabel>
          <FormGroup aria-labelledby="scopes-label" className="!grid grid-cols-1 sm:!grid-cols-2">
            {scopes.map((scope) => (
              <FormControlLabel
                key={scope}
                label={scope}
                control={
                  <Checkbox
                    checked={chosen.includes(scope)}
                    onChange={(_, checked) => setChosen(checked ? [...chosen, scope] : chosen.filter((each) => each !== scope))}
                  />
                }
              />
            ))}
          </FormGroup>
        </div>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!ready} loading={make.isPending}>
          Make the key
        </Button>
      </DialogActions>
    </form>
  )
}

export function RotateDialog({ apiKey, close }: { apiKey: ApiKey | null; close: () => void }) {
  return (
    <Dialog open={apiKey !== null} onClose={close} fullWidth maxWidth="sm" aria-labelledby="rotate-title">
      {apiKey && <Rotate key={apiKey.id} apiKey={apiKey} close={close} />}
    </Dialog>
  )
}

function Rotate({ apiKey, close }: { apiKey: ApiKey; close: () => void }) {
  const [hours, setHours] = useState(24)
  const rotate = useSecured((input: { id: string; overlap_hours: number }) => client.auth.rotateApiKey(input), {})
  if (rotate.data) return <Made text={rotate.data.key} close={close} titleId="rotate-title" />
  return (
    <>
      <DialogTitle id="rotate-title" className="break-words">
        Rotate “{apiKey.name}”
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {rotate.error && !wasCancelled(rotate.error) && <ProblemAlert error={rotate.error} />}
        <p>You get a new key with the same scopes. The old one goes on for a while, so that programs can be changed without a gap.</p>
        <TextField select label="The old key ends" value={hours} onChange={(event) => setHours(Number(event.target.value))}>
          {overlaps.map(([label, value]) => (
            <MenuItem key={label} value={value}>
              {label}
            </MenuItem>
          ))}
        </TextField>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button variant="contained" loading={rotate.isPending} onClick={() => rotate.mutate({ id: apiKey.id, overlap_hours: hours })}>
          Rotate
        </Button>
      </DialogActions>
    </>
  )
}
