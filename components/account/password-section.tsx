'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material'
import { useState } from 'react'
import { client } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import { Ago } from '@/components/ui/ago'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { Section } from './section'
import { useSecured, wasCancelled } from './use-secured'

export function PasswordSection({ changedAt }: { changedAt: string }) {
  const [open, setOpen] = useState(false)
  return (
    <Section
      title="Password"
      says={
        <>
          Changed <Ago at={changedAt} />. Changing it ends your other sessions.
        </>
      }
      action={
        <Button variant="outlined" onClick={() => setOpen(true)}>
          Change password
        </Button>
      }
    >
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="xs" aria-labelledby="password-title">
        {open && <Body close={() => setOpen(false)} />}
      </Dialog>
    </Section>
  )
}

const shortest = 12

function Body({ close }: { close: () => void }) {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useSecured((input: { current_password: string; new_password: string }) => client.auth.changePassword(input), {
    done: 'Your password is changed; your other sessions have ended.',
    onDone: close,
  })
  const problem = change.error && !wasCancelled(change.error) ? toProblem(change.error) : null
  const said = (pointer: string) => problem?.fields.find((field) => field.pointer === pointer)?.detail
  const short = next !== '' && [...next].length < shortest
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (current && next && !short) change.mutate({ current_password: current, new_password: next })
      }}
    >
      <DialogTitle id="password-title">Change password</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        {problem && problem.fields.length === 0 && <ProblemAlert error={problem} />}
        <TextField
          autoFocus
          label="Current password"
          type="password"
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
          error={said('/current_password') !== undefined}
          helperText={said('/current_password')}
          slotProps={{ htmlInput: { autoComplete: 'current-password' } }}
        />
        <TextField
          label="New password"
          type="password"
          value={next}
          onChange={(event) => setNext(event.target.value)}
          error={said('/new_password') !== undefined}
          helperText={said('/new_password') ?? `At least ${shortest} characters; a few words of your own are best`}
          slotProps={{ htmlInput: { autoComplete: 'new-password' } }}
        />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={!current || !next || short} loading={change.isPending}>
          Change
        </Button>
      </DialogActions>
    </form>
  )
}
