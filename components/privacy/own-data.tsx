'use client'
import { Button } from '@mui/material'
import { UserX } from 'lucide-react'
import { useState } from 'react'
import { useSecured, wasCancelled } from '@/components/account/use-secured'
import { client } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { ExportFiles } from '@/components/exports/exports'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Panel, SectionTitle } from '@/components/ui/page'
import { DataExports } from './data-exports'

/** What AIA holds about the person who is signed in: to take away, and to erase. */
export function OwnData() {
  const { data: profile } = useProfile()
  const [erasing, setErasing] = useState(false)
  const email = profile?.person.email ?? ''
  const erasure = useSecured(() => client.auth.eraseMyself({ email }), { onDone: () => location.assign('/signin') })
  return (
    <section aria-label="Your data">
      <SectionTitle>Your data</SectionTitle>
      <Panel className="flex flex-wrap items-center gap-2 p-4">
        <p className="min-w-0 grow basis-80 text-quiet">
          Everything AIA holds about you: your account, sign-ins, keys, questions with their answers, feedback, and what the audit log says you did.
        </p>
        <DataExports />
        <Button color="error" variant="outlined" startIcon={<UserX size={16} aria-hidden />} disabled={!email} onClick={() => setErasing(true)}>
          Erase my account
        </Button>
        <ExportFiles kind="own" className="w-full" />
      </Panel>
      <ConfirmDialog
        open={erasing}
        close={() => setErasing(false)}
        title="Erase your account?"
        word={email.toLowerCase()}
        action="Erase"
        run={() => erasure.mutate(undefined)}
        busy={erasure.isPending}
        error={wasCancelled(erasure.error) ? null : erasure.error}
      >
        Your account, sign-ins, keys and questions go for good, in every enterprise you belong to. The audit log keeps that somebody acted, but no
        longer who or from where. Documents you added stay with the enterprise. This cannot be undone.
      </ConfirmDialog>
    </section>
  )
}
