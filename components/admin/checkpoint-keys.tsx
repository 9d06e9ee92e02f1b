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

/** The keys that sign checkpoints of the audit log, and their rotation by hand. */
export function CheckpointKeys() {
  const state = useQuery(orpc.audit.readCheckpointKeys.queryOptions({ input: {} }))
  const rotation = useSecured(() => client.audit.rotateCheckpointKeys({}), {
    done: 'Checkpoints are signed with a new pair of keys from now on.',
    failed: 'The keys were not rotated.',
    onDone: () => void state.refetch(),
  })
  const { data } = state
  return (
    <section aria-label="Keys of the audit log" className="mt-8">
      <SectionTitle>Keys of the audit log</SectionTitle>
      {state.error && !data ? (
        <ErrorState error={state.error} onRetry={() => void state.refetch()} title="The keys could not be loaded" />
      ) : (
        <Panel className="p-4">
          {!data ? (
            <SkeletonRows rows={1} label="Loading the keys" />
          ) : (
            <div className="flex flex-wrap items-center gap-2">
              <p className="min-w-0 grow basis-80 text-quiet">
                A pair of keys (Ed25519 and ML-DSA-44) signs checkpoints since <Ago at={data.since} /> and, <Ago at={data.rotates_at} />, rotates by
                itself. {plural(data.pairs, 'pair is', 'pairs are')} kept, so that everything signed so far verifies. After a rotation, give{' '}
                <code>audit:verify</code> the new key.
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
