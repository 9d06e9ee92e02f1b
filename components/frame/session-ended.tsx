'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { useEffect, useSyncExternalStore } from 'react'
import { useProfile } from '@/components/api/queries'
import { sessionEnded, signInPath, subscribeSession } from '@/components/api/session-state'
import { forget } from '@/components/offline/owner'

const here = () => location.pathname + location.search

/** When the session has ended: straight to sign-in on arrival, a notice when somebody is in the middle of something. */
export function SessionEnded() {
  const ended = useSyncExternalStore(subscribeSession, sessionEnded, () => false)
  const { data: profile } = useProfile()
  const arriving = ended && !profile
  useEffect(() => {
    if (ended) void forget({ unsent: 'keep' })
  }, [ended])
  useEffect(() => {
    if (arriving) location.replace(signInPath(here()))
  }, [arriving])
  return (
    <Dialog open={ended && !arriving} maxWidth="xs" fullWidth role="alertdialog" aria-labelledby="ended-title" aria-describedby="ended-text">
      <DialogTitle id="ended-title">Your session has ended</DialogTitle>
      <DialogContent id="ended-text">
        Sign in again and you come back to this page. What you typed but did not send stays here until you leave.
      </DialogContent>
      <DialogActions>
        <Button variant="contained" autoFocus onClick={() => location.assign(signInPath(here(), 'ended'))}>
          Sign in
        </Button>
      </DialogActions>
    </Dialog>
  )
}
