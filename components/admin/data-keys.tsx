'use client'
import { Button } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useSecured } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { plural } from '@/components/ui/format'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

/** The keys that seal secrets at rest, and their rotation by hand. */
export function DataKeys() {
  const state = useQuery(orpc.auth.readDataKeys.queryOptions({ input: {} }))
  const rotation = useSecured(() => client.auth.rotateDataKeys({}), {
    done: 'Secrets are sealed with a new key from now on.',
    failed: 'The keys were not rotated.',
  })
  const { data } = state
  return (
    <section aria-label="Keys of secrets at rest" className="mt-8">
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
                Key {data.version} seals since <Ago at={data.since} /> and, <Ago at={data.rotates_at} />, rotates by itself.{' '}
                {plural(data.data_keys, 'data key is', 'data keys are')} wrapped by key-encryption key {data.key_encryption_keys.join(', ')}. Rotating
                wraps them all anew; nothing has to wait.
              </p>
              <Button
                variant="outlined"
                startIcon={<RotateCw size={16} aria-hidden />}
                onClick={() => rotation.mutate(undefined)}
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
