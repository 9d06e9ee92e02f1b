'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, IconButton, TextField, Tooltip } from '@mui/material'
import { KeyRound, Trash2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { client } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { Panel } from '@/components/ui/page'
import { ConfirmDialog } from './confirm-dialog'
import { makePasskey } from './passkey'
import { RecoveryCodes } from './recovery-codes'
import { Section } from './section'
import type { Factors } from './totp-section'
import { useSecured } from './use-secured'

type Passkey = Factors['passkeys'][number]

/** Why passkeys cannot be made here; null when they can. Known only in the browser. */
function useObstacle(origin: string | null): string | null {
  const [obstacle, setObstacle] = useState<string | null>(null)
  useEffect(() => {
    if (origin === null) setObstacle('Browsers bind passkeys to a name, and this installation is reached by a network address only.')
    else if (!('PublicKeyCredential' in window)) setObstacle('This browser knows no passkeys.')
    else if (location.origin !== origin) setObstacle(`Passkeys work at ${origin}: open AIA there to make and to use one.`)
  }, [origin])
  return obstacle
}

export function PasskeySection({ factors }: { factors: Factors }) {
  const obstacle = useObstacle(factors.passkey_origin)
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Passkey | null>(null)
  const remove = useSecured((input: { id: string }) => client.auth.removePasskey(input), {
    done: 'The passkey opens nothing any more. Delete it on your device too.',
    failed: 'The passkey stays.',
    onDone: () => setRemoving(null),
  })
  return (
    <Section
      title="Passkeys"
      says={obstacle ?? 'A key on your device or in your password manager. It signs you in by itself, without password and code.'}
      action={
        <Button variant="outlined" disabled={obstacle !== null} startIcon={<KeyRound size={16} aria-hidden />} onClick={() => setAdding(true)}>
          Add a passkey
        </Button>
      }
    >
      {factors.passkeys.length > 0 && (
        <Panel>
          <ul className="divide-y divide-line">
            {factors.passkeys.map((passkey) => (
              <li key={passkey.id} className="flex min-h-15 items-center gap-3 px-3 py-2">
                <div className="min-w-0 grow">
                  <p className="truncate font-medium">{passkey.name}</p>
                  <p className="text-xs text-quiet">
                    made <Ago at={passkey.created_at} />
                    {passkey.last_used_at && (
                      <>
                        , used <Ago at={passkey.last_used_at} />
                      </>
                    )}
                  </p>
                </div>
                <Badge>{passkey.synced ? 'Synchronised' : 'On one device'}</Badge>
                <Tooltip title="Remove">
                  <IconButton aria-label={`Remove the passkey ${passkey.name}`} onClick={() => setRemoving(passkey)}>
                    <Trash2 size={16} />
                  </IconButton>
                </Tooltip>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <Dialog open={adding} onClose={() => setAdding(false)} fullWidth maxWidth="xs" aria-labelledby="passkey-title">
        {adding && <Add close={() => setAdding(false)} />}
      </Dialog>
      <ConfirmDialog
        open={removing !== null}
        title={`Remove the passkey “${removing?.name ?? ''}”?`}
        action="Remove"
        busy={remove.isPending}
        close={() => setRemoving(null)}
        confirm={() => removing && remove.mutate({ id: removing.id })}
      >
        It cannot sign you in any more.
      </ConfirmDialog>
    </Section>
  )
}

function Add({ close }: { close: () => void }) {
  const [name, setName] = useState('')
  const [codes, setCodes] = useState<string[] | null>(null)
  const add = useSecured(async (input: { name: string }) => client.auth.addPasskey({ ...input, response: await makePasskey() }), {
    done: 'The passkey is kept.',
    failed: 'No passkey was made.',
    onDone: ({ recovery_codes }) => (recovery_codes ? setCodes(recovery_codes) : close()),
  })
  if (codes) return <RecoveryCodes codes={codes} close={close} titleId="passkey-title" />
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim()) add.mutate({ name: name.trim() })
      }}
    >
      <DialogTitle id="passkey-title">Add a passkey</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <p>Give it a name by which you know the device again. Your browser then asks where to keep it.</p>
        <TextField
          autoFocus
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 100, autoComplete: 'off' } }}
        />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!name.trim()} loading={add.isPending}>
          Make it
        </Button>
      </DialogActions>
    </form>
  )
}
