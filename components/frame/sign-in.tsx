'use client'
import { Alert, Button, IconButton, TextField } from '@mui/material'
import { Eye, EyeOff } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { signIn } from 'next-auth/react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { safeReturnPath } from '@/components/api/session-state'
import { Mark } from './mark'
import { ProviderButtons, providerRefusal } from './provider-buttons'
import { refusalText } from './sign-in-refusal'

const offline = 'AIA cannot be reached. Check the connection, then try again.'

export function SignIn() {
  const params = useSearchParams()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(() => providerRefusal(params.get('provider')))
  const passwordField = useRef<HTMLInputElement>(null)
  const [ready, setReady] = useState(false)
  // Until the page is alive a press on the button would send the form by itself, with the password in the address.
  useEffect(() => setReady(true), [])

  const emailError = tried && !/^\S+@\S+$/.test(email.trim()) ? 'An address such as name@company.com' : undefined
  const passwordError = tried && password === '' ? 'Your password' : undefined
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!/^\S+@\S+$/.test(email.trim()) || password === '' || busy) return
    setBusy(true)
    setProblem(null)
    try {
      const answer = await signIn('credentials', { email: email.trim(), password, redirect: false })
      if (answer?.ok && !answer.error) {
        location.assign(safeReturnPath(params.get('next')))
        return
      }
      setProblem(refusalText(answer?.error))
      setPassword('')
      passwordField.current?.focus()
    } catch (error) {
      setProblem(error instanceof TypeError && !navigator.onLine ? offline : refusalText(null))
    }
    setBusy(false)
  }
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-96">
        <div className="mb-6 flex items-center gap-3">
          <Mark size={36} />
          <div>
            <h1 className="text-xl font-semibold tracking-tight">Sign in to AIA</h1>
            <p className="text-quiet">Your knowledge, answered with its sources</p>
          </div>
        </div>
        <form
          onSubmit={(event) => void submit(event)}
          method="post"
          noValidate
          className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-5"
        >
          {params.get('notice') === 'ended' && !problem && (
            <Alert severity="info" variant="outlined">
              Your session has ended. Sign in to go on where you were.
            </Alert>
          )}
          {problem && (
            <Alert severity="error" variant="outlined">
              {problem}
            </Alert>
          )}
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
          <ProviderButtons email={email} next={params.get('next')} />
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
      </div>
    </main>
  )
}
