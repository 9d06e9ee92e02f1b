'use client'
import { Button } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { ConfirmDialog } from '@/components/account/confirm-dialog'
import { useSecured } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { Badge, type Tone } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'
import { Panel, SectionTitle } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'

type SigningKey = Awaited<ReturnType<typeof client.auth.listSigningKeys>>['items'][number]
const tones: Record<SigningKey['state'], Tone> = { current: 'ok', next: 'info', retiring: 'idle' }

/** The keys of the installation that sign access tokens, and their rotation by hand. */
export function SigningKeys() {
  const query = useQuery(orpc.auth.listSigningKeys.queryOptions({ input: {} }))
  const [asking, setAsking] = useState(false)
  const rotate = useSecured(() => client.auth.rotateSigningKeys({}), {
    done: 'New tokens are signed with the next key.',
    failed: 'The keys stay as they were.',
    onDone: () => setAsking(false),
  })
  return (
    <section aria-label="Signing keys" className="mt-8">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <SectionTitle>Signing keys</SectionTitle>
          <p className="text-quiet">
            They sign access tokens (RS256); other programs read them at <a href="/.well-known/jwks.json">/.well-known/jwks.json</a>.
            {query.data && (
              <>
                {' '}
                Next rotation: <Ago at={query.data.rotates_at} />
              </>
            )}
          </p>
        </div>
        <Button variant="outlined" startIcon={<RotateCw size={15} aria-hidden />} disabled={!query.data} onClick={() => setAsking(true)}>
          Rotate now
        </Button>
      </div>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The keys could not be loaded" />
      ) : (
        <Panel>
          {query.isPending ? (
            <SkeletonRows rows={2} height={52} label="Loading signing keys" />
          ) : (
            <ul className="divide-y divide-line">
              {query.data?.items.map((key) => (
                <li key={key.id} className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
                  <code className="min-w-0 grow basis-56 truncate font-mono text-xs" title={key.id}>
                    {key.id}
                  </code>
                  <span className="text-xs text-quiet">
                    {key.retired_at ? (
                      <>
                        retired <Ago at={key.retired_at} />
                      </>
                    ) : key.activated_at ? (
                      <>
                        signs since <Ago at={key.activated_at} />
                      </>
                    ) : (
                      <>
                        waits since <Ago at={key.created_at} />
                      </>
                    )}
                  </span>
                  <Badge tone={tones[key.state]}>{humanise(key.state)}</Badge>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      )}
      <ConfirmDialog
        open={asking}
        title="Rotate the signing keys?"
        action="Rotate"
        busy={rotate.isPending}
        close={() => setAsking(false)}
        confirm={() => rotate.mutate(undefined)}
      >
        The next key signs from now on. Tokens that were signed before stay valid until they expire, so nobody has to sign in again.
      </ConfirmDialog>
    </section>
  )
}
