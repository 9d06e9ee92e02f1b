'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, useMediaQuery } from '@mui/material'
import { Inbox } from 'lucide-react'
import { EmptyState } from '@/components/ui/states'
import { useUrlState } from '@/components/ui/url-state'
import { OutboxRow } from './outbox-row'
import { removeItem, sendNow } from './outbox-state'
import { isUnsent, useConnected, useOutbox } from './use-outbox'

/** Opens and closes the outbox, by the address: it opens from anywhere and from what another app shared. */
export function useOutboxDialog() {
  const { params, change } = useUrlState()
  return {
    isOpen: params.get('outbox') === 'open',
    open: () => change({ outbox: 'open' }),
    close: () => change({ outbox: null }, { replace: true }),
  }
}

/** Everything that was done without a connection, in the order in which it is sent. */
export function OutboxDialog() {
  const { isOpen, close } = useOutboxDialog()
  const items = useOutbox()
  const connected = useConnected()
  const isPhone = useMediaQuery('(max-width: 40rem)')
  const done = items.filter((item) => !isUnsent(item))
  const waits = items.some(({ state }) => state === 'waiting')
  return (
    <Dialog open={isOpen} onClose={close} fullWidth maxWidth="sm" fullScreen={isPhone} aria-labelledby="outbox-title">
      <DialogTitle id="outbox-title">Outbox</DialogTitle>
      <DialogContent>
        <p className="text-quiet">
          {connected
            ? 'Sent in this order, each once. What the server did not take stays here until you decide.'
            : 'There is no connection. What you do is kept on this device and sent in this order as soon as there is one, each once.'}
        </p>
        {items.length === 0 ? (
          <EmptyState icon={<Inbox size={24} />} title="Nothing waits">
            Questions, judgements and documents that you give without a connection wait here.
          </EmptyState>
        ) : (
          <ul aria-label="Outbox" aria-live="polite" className="mt-2 divide-y divide-line">
            {items.map((item) => (
              <OutboxRow key={item.seq} item={item} close={close} />
            ))}
          </ul>
        )}
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        {done.length > 0 && <Button onClick={() => void Promise.all(done.map(({ seq }) => removeItem(seq)))}>Remove what was sent</Button>}
        {connected && waits && (
          <Button variant="outlined" onClick={() => void sendNow()}>
            Send now
          </Button>
        )}
        <Button variant="contained" onClick={close}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  )
}
