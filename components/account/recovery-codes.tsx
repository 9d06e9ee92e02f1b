'use client'
import { Button, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { Copy, Download } from 'lucide-react'
import { useState } from 'react'

/** The codes, for the only time they are shown. Goes inside a dialog. */
export function RecoveryCodes({ codes, close, titleId }: { codes: readonly string[]; close: () => void; titleId: string }) {
  const [copied, setCopied] = useState(false)
  const text = `${codes.join('\n')}\n`
  return (
    <>
      <DialogTitle id={titleId}>Keep these recovery codes</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <p>
          Each opens your account once when the other factor is lost. They are shown now and never again: print them, or keep them in a safe place.
        </p>
        <ul className="grid grid-cols-1 gap-x-6 gap-y-1 font-mono sm:grid-cols-2" aria-label="Recovery codes">
          {codes.map((code) => (
            <li key={code} className="whitespace-nowrap">
              {code}
            </li>
          ))}
        </ul>
        <div className="flex flex-wrap gap-2">
          <Button
            variant="outlined"
            startIcon={<Copy size={15} aria-hidden />}
            onClick={() =>
              void navigator.clipboard?.writeText(text).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
          <Button
            variant="outlined"
            startIcon={<Download size={15} aria-hidden />}
            href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
            download="aia-recovery-codes.txt"
          >
            Save as a file
          </Button>
        </div>
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button variant="contained" onClick={close}>
          I have kept them
        </Button>
      </DialogActions>
    </>
  )
}
