'use client'
import { Dialog, DialogContent, DialogTitle, IconButton } from '@mui/material'
import { X } from 'lucide-react'
import { shortcuts } from './use-shortcuts'

export function ShortcutsDialog({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog open={open} onClose={close} maxWidth="xs" fullWidth aria-labelledby="shortcuts-title">
      <DialogTitle id="shortcuts-title" className="flex items-center justify-between !pr-3">
        Keyboard
        <IconButton onClick={close} aria-label="Close">
          <X size={18} />
        </IconButton>
      </DialogTitle>
      <DialogContent>
        <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2.5">
          {shortcuts.map(({ keys, says }) => (
            <div key={keys} className="contents">
              <dt className="flex gap-1">
                {keys.split(' ').map((key) => (
                  <kbd key={key} className="min-w-6 rounded-sm border border-line-strong px-1.5 py-0.5 text-center font-sans text-xs">
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd className="text-quiet">{says}</dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  )
}
