'use client'
import { Button } from '@mui/material'
import { UserX } from 'lucide-react'
import { useState } from 'react'
import { useSecured, wasCancelled } from '@/components/account/use-secured'
import { client } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { ExportFiles } from '@/components/exports/exports'
import { DataExports } from '@/components/privacy/data-exports'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel, SectionTitle } from '@/components/ui/page'
import type { Member } from './people'
import { PersonField } from './person-field'

/** Admin > Privacy: requests of people to know or to be forgotten. */
export function PrivacyPage() {
  const { data: profile } = useProfile()
  const [person, setPerson] = useState<Member | null>(null)
  const [erasing, setErasing] = useState(false)
  const notices = useNotices()
  const self = person !== null && person.id === profile?.person.id
  const erasure = useSecured((target: Member) => client.auth.erasePerson({ id: target.id, email: target.email }), {
    onDone: ({ account_gone }) => {
      notices.say(
        account_gone ? 'The person and the account are erased.' : 'The person is erased here; the account belongs to another enterprise too.',
      )
      setErasing(false)
      setPerson(null)
    },
  })
  return (
    <>
      <PageHead title="Privacy">Answer somebody who wants to know what is held about them, or to be forgotten.</PageHead>
      <section aria-label="A person’s data" className="mb-8">
        <SectionTitle>A person’s data</SectionTitle>
        <Panel className="flex flex-col gap-4 p-4">
          <div className="max-w-md">
            <PersonField value={person} onChange={setPerson} />
          </div>
          {person ? (
            <div className="flex flex-wrap gap-2">
              <DataExports personId={person.id} />
              <Button color="error" variant="outlined" startIcon={<UserX size={16} aria-hidden />} disabled={self} onClick={() => setErasing(true)}>
                Erase
              </Button>
              {self && <p className="w-full text-xs text-quiet">Erase yourself in My account.</p>}
              <ExportFiles kind="person" subject={person.id} className="w-full" />
            </div>
          ) : (
            <p className="text-quiet">
              Choose a person of {profile?.enterprise.name ?? 'this enterprise'}. Each download and each erasure leaves a row in the audit log.
            </p>
          )}
        </Panel>
      </section>
      <ConfirmDialog
        open={erasing && person !== null}
        close={() => setErasing(false)}
        title={`Erase ${person?.name ?? ''}?`}
        word={(person?.email ?? '').toLowerCase()}
        action="Erase"
        run={() => person && erasure.mutate(person)}
        busy={erasure.isPending}
        error={wasCancelled(erasure.error) ? null : erasure.error}
      >
        Their membership, sign-ins, keys and questions in this enterprise go for good, and the account too if it belongs nowhere else. The audit log
        stays whole and verifiable, but no longer tells who it was or from where. Documents they added stay. This cannot be undone.
      </ConfirmDialog>
    </>
  )
}
