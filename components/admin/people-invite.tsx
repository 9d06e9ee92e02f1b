'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { CopyField } from '@/components/ui/copy-field'
import { exactTime } from '@/components/ui/format'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { RoleFields, type Standing } from './role-fields'

export function InviteDialog({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="sm" aria-labelledby="invite-title">
      {open && <Body close={close} />}
    </Dialog>
  )
}

function Body({ close }: { close: () => void }) {
  const [email, setEmail] = useState('')
  const [standing, setStanding] = useState<Standing>({ role: 'analyst', partner_level: 'none' })
  const queryClient = useQueryClient()
  const invite = useMutation({
    mutationFn: () => client.auth.invitePerson({ email: email.trim(), ...standing }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.auth.key() }),
  })
  if (invite.data)
    return (
      <>
        <DialogTitle id="invite-title">Pass this link on</DialogTitle>
        <DialogContent className="flex flex-col gap-4 !pt-2">
          <p>
            Whoever opens it joins as {invite.data.role} under {invite.data.email}. It works once, until{' '}
            {exactTime(Date.parse(invite.data.expires_at))}. AIA keeps only a hash of it and cannot show it again.
          </p>
          <CopyField label="Link" value={invite.data.link} />
        </DialogContent>
        <DialogActions className="px-6 pb-5">
          <Button variant="contained" onClick={close}>
            Done
          </Button>
        </DialogActions>
      </>
    )
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (email.trim()) invite.mutate()
      }}
    >
      <DialogTitle id="invite-title">Invite somebody</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {invite.error && <ProblemAlert error={invite.error} />}
        <TextField
          autoFocus
          label="Email"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } }}
        />
        <RoleFields value={standing} onChange={setStanding} />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!email.trim()} loading={invite.isPending}>
          Make the link
        </Button>
      </DialogActions>
    </form>
  )
}
