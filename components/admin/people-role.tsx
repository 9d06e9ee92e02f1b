'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useNotices } from '@/components/ui/notices'
import { ProblemAlert } from '@/components/ui/problem-alert'
import type { Member } from './people'
import { RoleFields, type Standing } from './role-fields'

export function RoleDialog({ person, close }: { person: Member | null; close: () => void }) {
  return (
    <Dialog open={person !== null} onClose={close} fullWidth maxWidth="xs" aria-labelledby="role-title">
      {person && <Body key={person.id} person={person} close={close} />}
    </Dialog>
  )
}

function Body({ person, close }: { person: Member; close: () => void }) {
  const [standing, setStanding] = useState<Standing>({ role: person.role, partner_level: person.partner_level ?? 'none' })
  const queryClient = useQueryClient()
  const notices = useNotices()
  const change = useMutation({
    mutationFn: () => client.auth.changeRole({ id: person.id, ...standing }),
    onSuccess: (changed) => {
      notices.say(`${changed.name} is ${changed.role} now.`)
      close()
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate()
      }}
    >
      <DialogTitle id="role-title" className="break-words">
        Role of {person.name}
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {change.error && <ProblemAlert error={change.error} />}
        <RoleFields value={standing} onChange={setStanding} />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" loading={change.isPending}>
          Save
        </Button>
      </DialogActions>
    </form>
  )
}
