'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, MenuItem, TextField } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '@/components/api/client'
import { suspendOwner } from '@/components/offline/owner'
import { ProblemAlert } from '@/components/ui/problem-alert'
import type { Member } from './people'

const lengths = [5, 15, 30, 60] as const
const leastLetters = 10

export function ImpersonateDialog({ person, close }: { person: Member | null; close: () => void }) {
  return (
    <Dialog open={person !== null} onClose={close} fullWidth maxWidth="xs" aria-labelledby="impersonate-title">
      {person && <Body key={person.id} person={person} close={close} />}
    </Dialog>
  )
}

function Body({ person, close }: { person: Member; close: () => void }) {
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState<number>(15)
  const queryClient = useQueryClient()
  const begin = useMutation({
    mutationFn: async () => {
      await suspendOwner().catch(() => undefined)
      return client.auth.impersonate({ person_id: person.id, reason: reason.trim(), minutes })
    },
    onSuccess: () => {
      // Nothing that was seen under the own name may stay.
      queryClient.clear()
      location.assign('/overview')
    },
  })
  const ready = reason.trim().length >= leastLetters
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) begin.mutate()
      }}
    >
      <DialogTitle id="impersonate-title" className="break-words">
        Act under the name of {person.name}
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <p>
          You see and do what {person.name} may. Everything is recorded under both names. People, keys, programs and security settings stay closed,
          and it ends by itself.
        </p>
        {begin.error && <ProblemAlert error={begin.error} />}
        <TextField
          autoFocus
          multiline
          minRows={2}
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          helperText={`Goes into the audit log; at least ${leastLetters} letters`}
          slotProps={{ htmlInput: { maxLength: 500 } }}
        />
        <TextField select label="At most" value={minutes} onChange={(event) => setMinutes(Number(event.target.value))}>
          {lengths.map((each) => (
            <MenuItem key={each} value={each}>
              {each} minutes
            </MenuItem>
          ))}
        </TextField>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!ready} loading={begin.isPending}>
          Begin
        </Button>
      </DialogActions>
    </form>
  )
}
