'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, MenuItem, TextField } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { ProblemAlert } from '@/components/ui/problem-alert'
import type { Matrix } from './access'
import type { Member } from './people'
import { PersonField } from './person-field'
import { type RoleName, roleNames } from './roles'
import { type ChosenSource, SourceField } from './source-field'

const days = { 'for good': null, '1 day': 1, '7 days': 7, '30 days': 30, '90 days': 90 } as const
type Days = keyof typeof days
type Kind = keyof Matrix['grantable']

export function GrantDialog({ open, close, matrix }: { open: boolean; close: () => void; matrix: Matrix }) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="xs" aria-labelledby="grant-title">
      {open && <Body close={close} matrix={matrix} />}
    </Dialog>
  )
}

function Body({ close, matrix }: { close: () => void; matrix: Matrix }) {
  const [kind, setKind] = useState<Kind>('source')
  const [source, setSource] = useState<ChosenSource | null>(null)
  const [otherId, setOtherId] = useState('')
  const [to, setTo] = useState<'person' | 'role'>('person')
  const [person, setPerson] = useState<Member | null>(null)
  const [role, setRole] = useState<RoleName>('partner')
  const [permission, setPermission] = useState<string>(matrix.grantable.source?.[0] ?? '')
  const [until, setUntil] = useState<Days>('30 days')
  const queryClient = useQueryClient()
  const notices = useNotices()
  const resourceId = kind === 'source' ? (source?.id ?? '') : otherId.trim()
  const chosen = (matrix.grantable[kind] ?? []).find((each) => each === permission)
  const ready = resourceId !== '' && chosen !== undefined && (to === 'role' || person !== null)
  const grant = useMutation({
    mutationFn: async () => {
      if (!chosen) return
      const length = days[until]
      await client.auth.grantAccess({
        kind,
        resource_id: resourceId,
        permission: chosen,
        ...(to === 'person' && person ? { person_id: person.id } : { role }),
        ...(length ? { expires_at: new Date(Date.now() + length * 86_400_000).toISOString() } : {}),
      })
    },
    onSuccess: () => {
      notices.say('Opened.')
      close()
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) grant.mutate()
      }}
    >
      <DialogTitle id="grant-title">Open a resource</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {grant.error && <ProblemAlert error={grant.error} />}
        <TextField
          select
          label="What"
          value={kind}
          onChange={(event) => {
            const next = event.target.value as Kind
            setKind(next)
            setPermission(matrix.grantable[next]?.[0] ?? '')
          }}
        >
          {Object.keys(matrix.grantable).map((each) => (
            <MenuItem key={each} value={each}>
              {humanise(each)}
            </MenuItem>
          ))}
        </TextField>
        {kind === 'source' ? (
          <SourceField value={source} onChange={setSource} />
        ) : (
          <TextField label={`Id of the ${kind}`} value={otherId} onChange={(event) => setOtherId(event.target.value)} />
        )}
        <TextField select label="Permission" value={permission} onChange={(event) => setPermission(event.target.value)}>
          {(matrix.grantable[kind] ?? []).map((each) => (
            <MenuItem key={each} value={each}>
              {each}
            </MenuItem>
          ))}
        </TextField>
        <TextField select label="To" value={to} onChange={(event) => setTo(event.target.value as 'person' | 'role')}>
          <MenuItem value="person">One person</MenuItem>
          <MenuItem value="role">Everybody with a role</MenuItem>
        </TextField>
        {to === 'person' ? (
          <PersonField value={person} onChange={setPerson} />
        ) : (
          <TextField select label="Role" value={role} onChange={(event) => setRole(event.target.value as RoleName)}>
            {roleNames.map((each) => (
              <MenuItem key={each} value={each}>
                {humanise(each)}
              </MenuItem>
            ))}
          </TextField>
        )}
        <TextField select label="How long" value={until} onChange={(event) => setUntil(event.target.value as Days)}>
          {Object.keys(days).map((each) => (
            <MenuItem key={each} value={each}>
              {each}
            </MenuItem>
          ))}
        </TextField>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!ready} loading={grant.isPending}>
          Open it
        </Button>
      </DialogActions>
    </form>
  )
}
