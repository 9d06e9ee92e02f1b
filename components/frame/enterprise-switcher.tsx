'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, MenuItem, TextField } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Building2, Check, Plus } from 'lucide-react'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { suspendOwner } from '@/components/offline/owner'
import { humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { ProblemAlert } from '@/components/ui/problem-alert'

/** Entries of the person's menu: the other enterprises, and a new one for who may make it. */
export function EnterpriseSwitcher({ close }: { close: () => void }) {
  const { data: profile } = useProfile()
  const query = useQuery(orpc.auth.listEnterprises.queryOptions({ input: {}, staleTime: 60_000 }))
  const queryClient = useQueryClient()
  const notices = useNotices()
  const [making, setMaking] = useState(false)
  const move = useMutation({
    mutationFn: async (id: string) => {
      await suspendOwner().catch(() => undefined)
      return client.auth.switchEnterprise({ enterprise_id: id })
    },
    onSuccess: () => {
      // Nothing of the one enterprise may be shown in the other.
      queryClient.clear()
      location.assign('/overview')
    },
    onError: (error) => notices.fail('You are still where you were.', error),
  })
  const items = query.data?.items ?? []
  if (profile?.impersonator) return null
  return (
    <>
      {items.length > 1 &&
        items.map((item) => (
          <MenuItem
            key={item.id}
            className="gap-3"
            selected={item.current}
            disabled={move.isPending}
            onClick={() => (item.current ? close() : move.mutate(item.id))}
          >
            {item.current ? <Check size={16} aria-hidden /> : <Building2 size={16} aria-hidden />}
            <span className="min-w-0 max-w-56 grow truncate">{item.name}</span>
            <span className="text-xs text-quiet">{humanise(item.role)}</span>
          </MenuItem>
        ))}
      {profile?.permissions.includes('enterprise.create') && (
        <MenuItem className="gap-3" onClick={() => setMaking(true)}>
          <Plus size={16} aria-hidden /> New enterprise
        </MenuItem>
      )}
      <NewEnterprise open={making} close={() => setMaking(false)} move={(id) => move.mutate(id)} />
    </>
  )
}

function NewEnterprise({ open, close, move }: { open: boolean; close: () => void; move: (id: string) => void }) {
  const [name, setName] = useState('')
  const make = useMutation({
    mutationFn: () => client.auth.createEnterprise({ name: name.trim() }),
    onSuccess: ({ id }) => move(id),
  })
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="xs" aria-labelledby="enterprise-title" onKeyDown={(event) => event.stopPropagation()}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) make.mutate()
        }}
      >
        <DialogTitle id="enterprise-title">New enterprise</DialogTitle>
        <DialogContent className="flex flex-col gap-4 !pt-2">
          <p>Knowledge, people, limits and records of its own. You become its owner and go there.</p>
          {make.error && <ProblemAlert error={make.error} />}
          <TextField
            autoFocus
            label="Name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            slotProps={{ htmlInput: { maxLength: 255, autoComplete: 'organization' } }}
          />
        </DialogContent>
        <DialogActions className="px-6 pb-5">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={!name.trim()} loading={make.isPending}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
