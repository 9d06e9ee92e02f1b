'use client'
import { Button } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { UserX } from 'lucide-react'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { DataDownloads } from '@/components/privacy/downloads'
import { OwnData } from '@/components/privacy/own-data'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel, SectionTitle } from '@/components/ui/page'
import { DataKeys } from './data-keys'
import type { Member } from './people'
import { PersonField } from './person-field'

/** Admin > Privacy: requests of people to know or to be forgotten. */
export function PrivacyPage() {
  const { data: profile } = useProfile()
  const [person, setPerson] = useState<Member | null>(null)
  const [erasing, setErasing] = useState(false)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const self = person !== null && person.id === profile?.person.id
  const erasure = useMutation({
    mutationFn: (target: Member) => client.auth.erasePerson({ id: target.id, email: target.email }),
    onSuccess: ({ account_gone }) => {
      notices.say(
        account_gone ? 'The person and the account are erased.' : 'The person is erased here; the account belongs to another enterprise too.',
      )
      setErasing(false)
      setPerson(null)
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
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
              <DataDownloads path={`/api/v1/privacy/people/${person.id}/export`} />
              <Button color="error" variant="outlined" startIcon={<UserX size={16} aria-hidden />} disabled={self} onClick={() => setErasing(true)}>
                Erase
              </Button>
              {self && <p className="w-full text-xs text-quiet">Erase yourself below.</p>}
            </div>
          ) : (
            <p className="text-quiet">
              Choose a person of {profile?.enterprise.name ?? 'this enterprise'}. Each download and each erasure leaves a row in the audit log.
            </p>
          )}
        </Panel>
      </section>
      {profile?.permissions.includes('security.manage') && <DataKeys />}
      <OwnData />
      <ConfirmDialog
        open={erasing && person !== null}
        close={() => setErasing(false)}
        title={`Erase ${person?.name ?? ''}?`}
        word={(person?.email ?? '').toLowerCase()}
        action="Erase"
        run={() => person && erasure.mutate(person)}
        busy={erasure.isPending}
        error={erasure.error}
      >
        Their membership, sign-ins, keys and questions in this enterprise go for good, and the account too if it belongs nowhere else. The audit log
        stays whole and verifiable, but no longer tells who it was or from where. Documents they added stay. This cannot be undone.
      </ConfirmDialog>
    </>
  )
}
