'use client'
import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material'
import { Smartphone } from 'lucide-react'
import { useState } from 'react'
import { client } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import { Ago } from '@/components/ui/ago'
import { Badge } from '@/components/ui/badge'
import { CopyField } from '@/components/ui/copy-field'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { CodeField } from './code-field'
import { ConfirmDialog } from './confirm-dialog'
import { QrCode } from './qr-code'
import { RecoveryCodes } from './recovery-codes'
import { Section } from './section'
import { useSecured, wasCancelled } from './use-secured'

export type Factors = Awaited<ReturnType<typeof client.auth.listFactors>>
type Enrolment = Awaited<ReturnType<typeof client.auth.enrolTotp>>

export function TotpSection({ factors }: { factors: Factors }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null)
  const [removing, setRemoving] = useState(false)
  const begin = useSecured(() => client.auth.enrolTotp({}), { failed: 'Setting up did not begin.', onDone: setEnrolment })
  const remove = useSecured(() => client.auth.removeTotp({}), {
    done: 'Codes from the app are not asked for any more.',
    failed: 'The codes stay as they are.',
    onDone: () => setRemoving(false),
  })
  return (
    <Section
      title="Codes from an app"
      says={
        factors.totp ? (
          <>
            <Badge tone="ok">On</Badge> since <Ago at={factors.totp.confirmed_at} />. Asked for after your password.
          </>
        ) : (
          'A second factor: an authenticator app shows six digits that change every 30 seconds.'
        )
      }
      action={
        factors.totp ? (
          <Button variant="outlined" color="error" onClick={() => setRemoving(true)}>
            Remove
          </Button>
        ) : (
          <Button
            variant="outlined"
            startIcon={<Smartphone size={16} aria-hidden />}
            loading={begin.isPending}
            onClick={() => begin.mutate(undefined)}
          >
            Set up an app
          </Button>
        )
      }
    >
      <Dialog open={enrolment !== null} onClose={() => setEnrolment(null)} fullWidth maxWidth="xs" aria-labelledby="totp-title">
        {enrolment && <Enrol enrolment={enrolment} close={() => setEnrolment(null)} />}
      </Dialog>
      <ConfirmDialog
        open={removing}
        title="Remove codes from the app?"
        action="Remove"
        busy={remove.isPending}
        close={() => setRemoving(false)}
        confirm={() => remove.mutate(undefined)}
      >
        Your account is then open to whoever knows your password{factors.passkeys.length > 0 ? ' and has a passkey of yours' : ''}.
      </ConfirmDialog>
    </Section>
  )
}

function Enrol({ enrolment, close }: { enrolment: Enrolment; close: () => void }) {
  const [code, setCode] = useState('')
  const [codes, setCodes] = useState<string[] | null>(null)
  const confirm = useSecured((input: { code: string }) => client.auth.confirmTotp(input), {
    done: 'Codes from the app are set up.',
    onDone: ({ recovery_codes }) => (recovery_codes ? setCodes(recovery_codes) : close()),
  })
  if (codes) return <RecoveryCodes codes={codes} close={close} titleId="totp-title" />
  const problem = confirm.error && !wasCancelled(confirm.error) ? toProblem(confirm.error) : null
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (code.length === 6) confirm.mutate({ code })
      }}
    >
      <DialogTitle id="totp-title">Set up an app</DialogTitle>
      <DialogContent className="flex flex-col gap-4 !pt-2">
        <p>Scan this with an authenticator app, or type the key into it. Then enter the code that the app shows.</p>
        {problem && problem.fields.length === 0 && <ProblemAlert error={problem} />}
        <QrCode text={enrolment.otpauth_url} label="QR code of the key" />
        <CopyField label="Key" value={enrolment.secret} />
        <CodeField kind="otp" value={code} onChange={setCode} error={problem?.fields[0]?.detail} />
      </DialogContent>
      <DialogActions className="px-6 pb-5">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="contained" disabled={code.length < 6} loading={confirm.isPending}>
          Confirm
        </Button>
      </DialogActions>
    </form>
  )
}
