'use client'
import { Button, TextField } from '@mui/material'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'

/** A text to be passed on, with a button that copies it. Where copying is not allowed the text is selected instead. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard?.writeText(value)
    setCopied(true)
  }
  return (
    <div className="flex items-center gap-2">
      <TextField
        label={label}
        value={value}
        fullWidth
        onFocus={(event) => event.target.select()}
        slotProps={{ htmlInput: { readOnly: true, className: 'font-mono', spellCheck: false } }}
      />
      <Button
        variant="outlined"
        startIcon={copied ? <Check size={15} /> : <Copy size={15} />}
        onClick={() => void copy().catch(() => setCopied(false))}
      >
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
