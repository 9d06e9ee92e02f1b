'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Skeleton, TextField } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { CodeField } from './code-field'
import { provePasskey, wasDismissed } from './passkey'

/** The person closed the dialog: what they began was not done, and nothing has to be said. */
export class ProofCancelled extends Error {}

type Run = <T>(action: () => Promise<T>) => Promise<T>
const Context = createContext<Run>((action) => action())

/**
 * Runs an action, and when the server wants a recent proof of who is signed in (RFC 9470), asks for it and runs it again.
 * Rejects with ProofCancelled when the person closes the dialog.
 */
export const useProof = () => useContext(Context)

export function StepUpProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false)
  const settle = useRef<{ resolve: () => void; reject: (error: Error) => void } | null>(null)
  const run = useCallback<Run>(async (action) => {
    try {
      return await action()
    } catch (error) {
      if (toProblem(error).code !== 'step-up-required') throw error
    }
    await new Promise<void>((resolve, reject) => {
      settle.current = { resolve, reject }
      setOpen(true)
    })
    return action()
  }, [])
  const close = useMemo(
    () => (proved: boolean) => {
      setOpen(false)
      if (proved) settle.current?.resolve()
      else settle.current?.reject(new ProofCancelled('The proof was cancelled.'))
    },
    [],
  )
  return (
    <Context value={run}>
      {children}
      <Dialog open={open} onClose={() => close(false)} fullWidth maxWidth="xs" aria-labelledby="proof-title">
        {open && <Body close={close} />}
      </Dialog>
    </Context>
  )
}

type Kind = 'password' | 'otp' | 'recovery_code'

function Body({ close }: { close: (proved: boolean) => void }) {
  const factors = useQuery(orpc.auth.listFactors.queryOptions({ input: {}, staleTime: 0 }))
  const queryClient = useQueryClient()
  const [chosen, setChosen] = useState<Kind | null>(null)
  const [text, setText] = useState('')
  const { data } = factors
  const bare = data !== undefined && !data.totp && data.passkeys.length === 0
  const kind: Kind | null = chosen ?? (bare ? 'password' : data?.totp ? 'otp' : null)
  const prove = useMutation({
    mutationFn: async (by: 'text' | 'passkey') =>
      client.auth.stepUp(by === 'passkey' ? { passkey: await provePasskey() } : { [kind ?? 'password']: text.trim() }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: orpc.auth.profile.key() })
      close(true)
    },
    onError: () => setText(''),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (kind && text.trim()) prove.mutate('text')
      }}
    >
      <DialogTitle id="proof-title">Confirm it is you</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <p>This needs a proof that is at most 15 minutes old.</p>
        {(factors.error || (prove.error && !wasDismissed(prove.error))) && <ProblemAlert error={factors.error ?? prove.error} />}
        {factors.isPending && <Skeleton height={48} />}
        {kind === 'password' && (
          <TextField
            autoFocus
            label="Password"
            type="password"
            value={text}
            onChange={(event) => setText(event.target.value)}
            slotProps={{ htmlInput: { autoComplete: 'current-password' } }}
          />
        )}
        {(kind === 'otp' || kind === 'recovery_code') && <CodeField kind={kind} value={text} onChange={setText} />}
        {data && data.passkeys.length > 0 && (
          <Button
            variant="outlined"
            className="min-h-11"
            disabled={prove.isPending}
            startIcon={<KeyRound size={16} aria-hidden />}
            onClick={() => prove.mutate('passkey')}
          >
            Use a passkey
          </Button>
        )}
        {data && !bare && data.recovery_codes_left > 0 && kind !== 'recovery_code' && (
          <Button onClick={() => setChosen('recovery_code')} className="self-start">
            Use a recovery code
          </Button>
        )}
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={() => close(false)}>Cancel</Button>
        {kind && (
          <Button type="submit" variant="contained" disabled={!text.trim()} loading={prove.isPending}>
            Confirm
          </Button>
        )}
      </DialogActions>
    </form>
  )
}
