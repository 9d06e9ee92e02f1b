import { useMutation, useQueryClient } from '@tanstack/react-query'
import { orpc } from '@/components/api/client'
import { useNotices } from '@/components/ui/notices'
import { wasDismissed } from './passkey'
import { ProofCancelled, useProof } from './step-up'

/** What nobody has to be told about: the person closed a dialog. */
export const wasCancelled = (error: unknown) => error instanceof ProofCancelled || wasDismissed(error)

/**
 * A change of identity: asks for a recent proof when the server wants one, then reads everything about identity again. Without `failed`
 * the caller itself shows what went wrong.
 */
export function useSecured<I, O>(run: (input: I) => Promise<O>, says: { done?: string; failed?: string; onDone?: (result: O) => void }) {
  const proof = useProof()
  const queryClient = useQueryClient()
  const notices = useNotices()
  return useMutation({
    mutationFn: (input: I) => proof(() => run(input)),
    onSuccess: (result) => {
      if (says.done) notices.say(says.done)
      void queryClient.invalidateQueries({ queryKey: orpc.auth.key() })
      says.onDone?.(result)
    },
    onError: (error) => {
      if (says.failed && !wasCancelled(error)) notices.fail(says.failed, error)
    },
  })
}
