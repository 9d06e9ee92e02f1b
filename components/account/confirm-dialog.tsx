'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import type { ReactNode } from 'react'

/** Says what will go, and asks. */
export function ConfirmDialog({
  open,
  title,
  action,
  busy,
  close,
  confirm,
  children,
}: {
  open: boolean
  title: string
  action: string
  busy: boolean
  close: () => void
  confirm: () => void
  children: ReactNode
}) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="xs" role="alertdialog" aria-labelledby="confirm-title" aria-describedby="confirm-text">
      <DialogTitle id="confirm-title" className="break-words">
        {title}
      </DialogTitle>
      <DialogContent id="confirm-text">{children}</DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button variant="contained" color="error" loading={busy} onClick={confirm}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
