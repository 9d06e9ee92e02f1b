'use client'
import { Button } from '@mui/material'
import { useState } from 'react'
import { CodeField } from '@/components/account/code-field'
import type { FactorMethod } from './sign-in-refusal'

/** A code from an app, or a recovery code. `submit` gives whether it opened a session. */
export function FactorForm({
  methods,
  busy,
  submit,
  back,
}: {
  methods: readonly FactorMethod[]
  busy: boolean
  submit: (proof: { otp: string } | { recovery_code: string }) => Promise<boolean>
  back: () => void
}) {
  const [kind, setKind] = useState<'otp' | 'recovery_code'>(methods.includes('otp') ? 'otp' : 'recovery_code')
  const [code, setCode] = useState('')
  const typed = methods.includes('otp') || methods.includes('recovery_code')
  const other = kind === 'otp' ? 'recovery_code' : 'otp'
  return (
    <form
      method="post"
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.trim() === '' || busy) return
        void submit(kind === 'otp' ? { otp: code } : { recovery_code: code }).then((opened) => {
          if (!opened) setCode('')
        })
      }}
    >
      {typed && (
        <>
          <CodeField kind={kind} value={code} onChange={setCode} />
          <Button type="submit" variant="contained" size="medium" loading={busy} className="min-h-11">
            Confirm
          </Button>
        </>
      )}
      <div className="flex flex-wrap justify-between gap-2">
        <Button onClick={back}>Back</Button>
        {methods.includes(other) && (
          <Button
            onClick={() => {
              setKind(other)
              setCode('')
            }}
          >
            {other === 'otp' ? 'Use a code from the app' : 'Use a recovery code'}
          </Button>
        )}
      </div>
    </form>
  )
}
