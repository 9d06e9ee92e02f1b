'use client'
import { useQuery } from '@tanstack/react-query'
import { useSecured } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { plural } from '@/components/ui/format'
import { KeyRotationPanel } from './key-rotation-panel'

/** The keys that seal secrets at rest, and their rotation by hand. */
export function DataKeys() {
  const state = useQuery(orpc.auth.readDataKeys.queryOptions({ input: {} }))
  const rotation = useSecured(() => client.auth.rotateDataKeys({}), {
    done: 'Secrets are sealed with a new key from now on.',
    failed: 'The keys were not rotated.',
  })
  const { data } = state
  return (
    <KeyRotationPanel title="Keys of secrets at rest" state={state} rotation={rotation}>
      {data && (
        <>
          Key {data.version} seals since <Ago at={data.since} /> and, <Ago at={data.rotates_at} />, rotates by itself.{' '}
          {plural(data.data_keys, 'data key is', 'data keys are')} wrapped by key-encryption key {data.key_encryption_keys.join(', ')}. Rotating wraps
          them all anew; nothing has to wait.
        </>
      )}
    </KeyRotationPanel>
  )
}
