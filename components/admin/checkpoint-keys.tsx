'use client'
import { useQuery } from '@tanstack/react-query'
import { useSecured } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { plural } from '@/components/ui/format'
import { KeyRotationPanel } from './key-rotation-panel'

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
    <KeyRotationPanel title="Keys of the audit log" state={state} rotation={rotation}>
      {data && (
        <>
          A pair of keys (Ed25519 and ML-DSA-44) signs checkpoints since <Ago at={data.since} /> and, <Ago at={data.rotates_at} />, rotates by itself.{' '}
          {plural(data.pairs, 'pair is', 'pairs are')} kept, so that everything signed so far verifies. After a rotation, give{' '}
          <code>audit:verify</code> the new key.
        </>
      )}
    </KeyRotationPanel>
  )
}
