'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, TextField } from '@mui/material'
import { type ReactNode, useId, useState } from 'react'
import { ProblemAlert } from './problem-alert'

/** Asks for a typed word before something is destroyed, after saying what goes. */
export function ConfirmDialog(props: {
  open: boolean
  close: () => void
  title: string
  /** The word to type. */
  word: string
  /** Label of the button. */
  action: string
  run: () => void
  busy: boolean
  error: unknown
  children: ReactNode
}) {
  const titleId = useId()
  return (
    <Dialog open={props.open} onClose={props.close} fullWidth maxWidth="xs" aria-labelledby={titleId}>
      {props.open && <Body {...props} titleId={titleId} />}
    </Dialog>
  )
}

function Body({ close, title, word, action, run, busy, error, children, titleId }: Parameters<typeof ConfirmDialog>[0] & { titleId: string }) {
  const [typed, setTyped] = useState('')
  const ready = typed.trim().toLowerCase() === word
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !busy) run()
      }}
    >
      <DialogTitle id={titleId} className="break-words">
        {title}
      </DialogTitle>
      <DialogContent className="flex flex-col gap-4">
        <div>{children}</div>
        {error !== null && error !== undefined && <ProblemAlert error={error} />}
        <TextField
          autoFocus
          label={`Type “${word}” to confirm`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } }}
        />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" color="error" disabled={!ready} loading={busy}>
          {action}
        </Button>
      </DialogActions>
    </form>
  )
}
