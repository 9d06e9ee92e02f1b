'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { plural } from '@/components/ui/format'

/** Before somebody signs out with things that were not sent: they would go. */
export function LeaveDialog({ open, close, unsent, leave }: { open: boolean; close: () => void; unsent: number; leave: () => Promise<void> }) {
  return (
    <Dialog open={open} onClose={close} fullWidth maxWidth="xs" aria-labelledby="leave-title" aria-describedby="leave-text">
      <DialogTitle id="leave-title">Sign out without sending?</DialogTitle>
      <DialogContent id="leave-text">
        {plural(unsent, 'thing', 'things')} in your outbox {unsent === 1 ? 'was' : 'were'} not sent. Signing out removes everything of yours from this
        device, {unsent === 1 ? 'this' : 'these'} too.
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Stay</Button>
        <Button
          variant="contained"
          color="error"
          onClick={() => {
            close()
            void leave()
          }}
        >
          Remove and sign out
        </Button>
      </DialogActions>
    </Dialog>
  )
}
