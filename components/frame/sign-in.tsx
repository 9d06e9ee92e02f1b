'use client'
import { Alert, Button } from '@mui/material'
import { KeyRound } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { signIn } from 'next-auth/react'
import { useEffect, useState } from 'react'
import { provePasskey, wasDismissed } from '@/components/account/passkey'
import { safeReturnPath } from '@/components/api/session-state'
import { endLeft } from '@/components/offline/leaving'
import { forget } from '@/components/offline/owner'
import { Mark } from './mark'
import { providerRefusal } from './provider-buttons'
import { FactorForm } from './sign-in-factor'
import { PasswordForm } from './sign-in-password'
import { type FactorMethod, readRefusal, refusalText } from './sign-in-refusal'

const offline = 'AIA cannot be reached. Check the connection, then try again.'

/** Signing in: password, then a second factor where there is one; or a passkey alone. */
export function SignIn() {
  const params = useSearchParams()
  const [account, setAccount] = useState<{ email: string; password: string } | null>(null)
  const [methods, setMethods] = useState<FactorMethod[]>([])
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(() => providerRefusal(params.get('provider')))
  const [ready, setReady] = useState(false)
  const [passkeys, setPasskeys] = useState(false)
  // Until the page is alive a press on the button would send the form by itself, with the password in the address.
  useEffect(() => {
    // Whoever sits here may not be who sat here before, and who signed out here without a connection is signed out first.
    void forget({ unsent: 'keep' })
      .then(endLeft)
      .catch(() => undefined)
      .then(() => setReady(true))
    setPasskeys(window.isSecureContext && 'PublicKeyCredential' in window)
  }, [])

  /** True when it opened a session, and the page is left. */
  const attempt = async (run: () => ReturnType<typeof signIn>): Promise<boolean> => {
    setBusy(true)
    setProblem(null)
    try {
      await endLeft()
      const answer = await run()
      if (answer?.ok && !answer.error) {
        location.assign(safeReturnPath(params.get('next')))
        return true
      }
      const refusal = readRefusal(answer?.error)
      if (refusal.code === 'mfa_required') setMethods(refusal.methods)
      else setProblem(refusalText(answer?.error))
      // The password was changed meanwhile: the first step again.
      if (refusal.code === 'unauthenticated') setMethods([])
    } catch (error) {
      if (!wasDismissed(error)) setProblem(error instanceof TypeError && !navigator.onLine ? offline : refusalText(null))
    }
    setBusy(false)
    return false
  }
  const byPasskey = () =>
    attempt(async () => {
      const answer = await signIn('passkey', { response: JSON.stringify(await provePasskey()), redirect: false })
      return answer?.error && /^(unauthenticated|CredentialsSignin)/.test(answer.error) ? { ...answer, error: 'passkey_refused' } : answer
    })
  const asked = account !== null && methods.length > 0
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-96">
        <div className="mb-6 flex items-center gap-3">
          <Mark size={36} />
          <div>
            <h1 className="text-xl font-semibold tracking-tight">{asked ? 'Confirm it is you' : 'Sign in to AIA'}</h1>
            <p className="text-quiet">{asked ? account.email : 'Your knowledge, answered with its sources'}</p>
          </div>
        </div>
        <div className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-5">
          {params.get('notice') === 'ended' && !problem && !asked && (
            <Alert severity="info" variant="outlined">
              Your session has ended. Sign in to go on where you were.
            </Alert>
          )}
          {problem && (
            <Alert severity="error" variant="outlined">
              {problem}
            </Alert>
          )}
          {asked ? (
            <FactorForm
              methods={methods}
              busy={busy}
              submit={(proof) => attempt(() => signIn('credentials', { ...account, ...proof, redirect: false }))}
              back={() => {
                setMethods([])
                setAccount(null)
                setProblem(null)
              }}
            />
          ) : (
            <PasswordForm
              busy={busy}
              ready={ready}
              next={params.get('next')}
              submit={(given) => {
                setAccount(given)
                return attempt(() => signIn('credentials', { ...given, redirect: false }))
              }}
            />
          )}
          {passkeys && (!asked || methods.includes('passkey')) && (
            <Button
              variant="outlined"
              className="min-h-11"
              disabled={!ready || busy}
              startIcon={<KeyRound size={16} aria-hidden />}
              onClick={() => void byPasskey()}
            >
              Use a passkey
            </Button>
          )}
        </div>
      </div>
    </main>
  )
}
