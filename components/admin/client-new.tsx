'use client'
import { Button, Checkbox, Dialog, DialogActions, DialogContent, DialogTitle, FormControlLabel, MenuItem, TextField } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { humanise } from '@/components/ui/format'
import { ProblemAlert } from '@/components/ui/problem-alert'
import type { Secret } from './client-secret'
import { type RoleName, roleNames, roleSays } from './roles'

type Input = Parameters<typeof client.auth.createClient>[0]
type Use = 'people' | 'itself' | 'both'
const uses: Record<Use, string> = { people: 'Signs people in', itself: 'Acts for itself', both: 'Both' }
/** What a program is mostly registered for; the rest of the person's permissions can be added. */
const usual = ['knowledge.read', 'knowledge.ask', 'profile.read']

export function NewClientDialog({ open, close, show }: { open: boolean; close: () => void; show: (secret: Secret) => void }) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-labelledby="client-title">
      {open && <Body close={close} show={show} />}
    </Dialog>
  )
}

function Body({ close, show }: { close: () => void; show: (secret: Secret) => void }) {
  const { data: profile } = useProfile()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<'confidential' | 'public'>('confidential')
  const [chosenUse, setUse] = useState<Use>('people')
  const [uris, setUris] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>(usual)
  const [role, setRole] = useState<RoleName>('agent')
  const queryClient = useQueryClient()
  // A program without a secret has nothing to act for itself by.
  const use = kind === 'public' ? 'people' : chosenUse
  const redirectUris = use === 'itself' ? [] : uris.split(/\s+/).filter(Boolean)
  const ready = name.trim() !== '' && (use === 'itself' || redirectUris.length > 0)
  const create = useMutation({
    mutationFn: () =>
      client.auth.createClient({
        name: name.trim(),
        kind,
        redirect_uris: redirectUris,
        grant_types: [
          ...(use === 'itself' ? [] : (['authorization_code', 'refresh_token'] as const)),
          ...(use === 'people' ? [] : (['client_credentials'] as const)),
        ],
        scopes: (profile?.permissions ?? []).filter((each) => scopes.includes(each)) as Input['scopes'],
        role,
      }),
    onSuccess: (made) => {
      close()
      show({ name: made.name, clientId: made.client_id, secret: made.client_secret })
      void queryClient.invalidateQueries({ queryKey: orpc.auth.listClients.key() })
    },
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) create.mutate()
      }}
    >
      <DialogTitle id="client-title">Register a program</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {create.error && <ProblemAlert error={create.error} />}
        <TextField
          autoFocus
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          helperText="People see it when they are asked"
        />
        <TextField
          select
          label="Kind"
          value={kind}
          onChange={(event) => setKind(event.target.value as typeof kind)}
          helperText={kind === 'public' ? 'An app on a phone or in a browser: it cannot keep a secret' : 'A server that keeps a secret'}
        >
          <MenuItem value="confidential">Confidential</MenuItem>
          <MenuItem value="public">Public</MenuItem>
        </TextField>
        <TextField select label="What it does" value={use} disabled={kind === 'public'} onChange={(event) => setUse(event.target.value as Use)}>
          {Object.entries(uses).map(([value, label]) => (
            <MenuItem key={value} value={value}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        {use !== 'itself' && (
          <TextField
            multiline
            minRows={2}
            label="Redirect URIs"
            value={uris}
            onChange={(event) => setUris(event.target.value)}
            helperText="One a line, exactly as the program sends them; https, or http to this machine"
            slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
          />
        )}
        {use !== 'people' && (
          <TextField select label="Acts as" value={role} helperText={roleSays[role]} onChange={(event) => setRole(event.target.value as RoleName)}>
            {roleNames.map((each) => (
              <MenuItem key={each} value={each}>
                {humanise(each)}
              </MenuItem>
            ))}
          </TextField>
        )}
        <fieldset>
          <legend className="mb-1 font-semibold">The most it may be allowed</legend>
          <div className="grid sm:grid-cols-2">
            {(profile?.permissions ?? []).map((permission) => (
              <FormControlLabel
                key={permission}
                control={
                  <Checkbox
                    size="small"
                    checked={scopes.includes(permission)}
                    onChange={(_, on) => setScopes(on ? [...scopes, permission] : scopes.filter((each) => each !== permission))}
                  />
                }
                label={<code className="font-mono text-xs">{permission}</code>}
              />
            ))}
          </div>
        </fieldset>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!ready} loading={create.isPending}>
          Register
        </Button>
      </DialogActions>
    </form>
  )
}
