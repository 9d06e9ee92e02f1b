'use client'
import { TextField } from '@mui/material'

/** A field for a one-time code (digits only) or a recovery code. */
export function CodeField({
  kind,
  value,
  onChange,
  error,
}: {
  kind: 'otp' | 'recovery_code'
  value: string
  onChange: (value: string) => void
  error?: string | undefined
}) {
  return kind === 'otp' ? (
    <TextField
      key="otp"
      autoFocus
      label="Code from your app"
      value={value}
      onChange={(event) => onChange(event.target.value.replace(/\D/g, '').slice(0, 6))}
      error={error !== undefined}
      helperText={error ?? 'Six digits, new every 30 seconds'}
      slotProps={{ htmlInput: { inputMode: 'numeric', autoComplete: 'one-time-code' } }}
    />
  ) : (
    <TextField
      key="recovery"
      autoFocus
      label="Recovery code"
      value={value}
      onChange={(event) => onChange(event.target.value.slice(0, 40))}
      error={error !== undefined}
      helperText={error ?? 'One of the ten you kept; it works once'}
      slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } }}
    />
  )
}
