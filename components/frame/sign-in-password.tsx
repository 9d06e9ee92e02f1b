'use client'
import { Button, IconButton, TextField } from '@mui/material'
import { Eye, EyeOff } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { ProviderButtons } from './provider-buttons'

const isAddress = (text: string) => /^\S+@\S+$/.test(text.trim())

/** Email and password. `submit` gives whether it opened a session; if not, the password is asked for again. */
export function PasswordForm({
  busy,
  ready,
  next,
  submit,
}: {
  busy: boolean
  ready: boolean
  /** Where to go afterwards, for a sign-in by the enterprise's own provider. */
  next: string | null
  submit: (given: { email: string; password: string }) => Promise<boolean>
}) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [tried, setTried] = useState(false)
  const passwordField = useRef<HTMLInputElement>(null)
  const emailError = tried && !isAddress(email) ? 'An address such as name@company.com' : undefined
  const passwordError = tried && password === '' ? 'Your password' : undefined
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!isAddress(email) || password === '' || busy) return
    if (await submit({ email: email.trim(), password })) return
    setPassword('')
    setTried(false)
    passwordField.current?.focus()
  }
  return (
    <form onSubmit={(event) => void send(event)} method="post" noValidate className="flex flex-col gap-4">
      <TextField
        autoFocus
        label="Email"
        type="email"
        name="email"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={emailError !== undefined}
        helperText={emailError}
        slotProps={{ htmlInput: { autoComplete: 'username', autoCapitalize: 'none', spellCheck: false } }}
      />
      <ProviderButtons email={email} next={next} />
      <TextField
        label="Password"
        type={shown ? 'text' : 'password'}
        name="password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={passwordError !== undefined}
        helperText={passwordError}
        inputRef={passwordField}
        slotProps={{
          htmlInput: { autoComplete: 'current-password' },
          input: {
            endAdornment: (
              <IconButton
                edge="end"
                aria-label={shown ? 'Hide the password' : 'Show the password'}
                aria-pressed={shown}
                onClick={() => setShown(!shown)}
              >
                {shown ? <EyeOff size={16} /> : <Eye size={16} />}
              </IconButton>
            ),
          },
        }}
      />
      <Button type="submit" variant="contained" size="medium" loading={busy} disabled={!ready} className="min-h-11">
        Sign in
      </Button>
    </form>
  )
}
