'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { client, orpc } from '@/components/api/client'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { useNotices } from '@/components/ui/notices'
import type { Member } from './people'

export function RemoveDialog({ person, close }: { person: Member | null; close: () => void }) {
  const queryClient = useQueryClient()
  const notices = useNotices()
  const removal = useMutation({
    mutationFn: (id: string) => client.auth.removePerson({ id }),
    onSuccess: () => {
      notices.say(`${person?.name ?? 'The person'} was removed.`)
      close()
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
    },
  })
  return (
    <ConfirmDialog
      open={person !== null}
      close={close}
      title={`Remove ${person?.name ?? ''}?`}
      word="remove"
      action="Remove"
      run={() => person && removal.mutate(person.id)}
      busy={removal.isPending}
      error={removal.error}
    >
      Their role, their sessions and every resource opened to them in this enterprise go. What they did stays in the audit log, and an account in
      other enterprises stays. Inviting them again brings them back.
    </ConfirmDialog>
  )
}
