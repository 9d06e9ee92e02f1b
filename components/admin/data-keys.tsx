'use client'
import { Button } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

/** The keys that seal secrets at rest, and their rotation by hand. */
export function DataKeys() {
  const state = useQuery(orpc.auth.readDataKeys.queryOptions({ input: {} }))
  const queryClient = useQueryClient()
  const notices = useNotices()
  const rotation = useMutation({
    mutationFn: () => client.auth.rotateDataKeys({}),
    onSuccess: (data) => {
      queryClient.setQueryData(orpc.auth.readDataKeys.queryKey({ input: {} }), data)
      notices.say(`Secrets are sealed with key ${data.version} from now on.`)
    },
    onError: (error) => notices.fail('The keys were not rotated.', error),
  })
  const { data } = state
  return (
    <section aria-label="Keys of secrets at rest" className="mb-8">
      <SectionTitle>Keys of secrets at rest</SectionTitle>
      {state.error && !data ? (
        <ErrorState error={state.error} onRetry={() => void state.refetch()} title="The keys could not be loaded" />
      ) : (
        <Panel className="p-4">
          {!data ? (
            <SkeletonRows rows={1} label="Loading the keys" />
          ) : (
            <div className="flex flex-wrap items-center gap-2">
              <p className="min-w-0 grow basis-80 text-quiet">
                Key {data.version} seals since <Ago at={data.since} /> and rotates by itself <Ago at={data.rotates_at} />.{' '}
                {plural(data.data_keys, 'data key is', 'data keys are')} wrapped by key-encryption key {data.key_encryption_keys.join(', ')}. Rotating
                wraps them all anew; nothing has to wait.
              </p>
              <Button
                variant="outlined"
                startIcon={<RotateCw size={16} aria-hidden />}
                onClick={() => rotation.mutate()}
                loading={rotation.isPending}
                loadingPosition="start"
              >
                Rotate now
              </Button>
            </div>
          )}
        </Panel>
      )}
    </section>
  )
}
