'use client'
import { Button } from '@mui/material'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call, ownHeaders, postJson } from '@/components/api/call'
import { Problem } from '@/components/api/problem'
import { signInPath } from '@/components/api/session-state'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { Mark } from './mark'

type Asked = {
  client: { name: string; redirect_host: string }
  person: { name: string; email: string }
  enterprise: { name: string }
  permissions: string[]
  identity: string[]
}

const path = '/oauth/interaction'
const says: Record<string, string> = {
  openid: 'Know that it is you',
  profile: 'Your name',
  email: 'Your email address',
  offline_access: 'Stay connected while you are away, until you or an administrator ends it',
  'knowledge.read': 'Read the knowledge',
  'knowledge.ask': 'Ask questions',
  'knowledge.write': 'Add and delete sources',
  'learning.read': 'See how good the answers are',
  'learning.train': 'Train the ranking',
  'profile.read': 'Who you are and what you may do',
}

/** Where a person lets a program act in its name, or does not. */
export function Consent() {
  const query = useQuery({
    queryKey: ['consent'],
    queryFn: async () => (await (await call(path, { headers: ownHeaders })).json()) as Asked,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const decide = useMutation({
    mutationFn: (decision: 'allow' | 'deny') => postJson<{ redirect: string }>(path, { decision }),
    onSuccess: ({ redirect }) => location.assign(redirect),
  })
  const asked = query.data
  const signedOut = query.error instanceof Problem && query.error.status === 401
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-md">
        <div className="mb-6 flex items-center gap-3">
          <Mark size={36} />
          <div className="min-w-0">
            <h1 className="text-xl font-semibold tracking-tight break-words">{asked ? `Allow ${asked.client.name}?` : 'Allow a program?'}</h1>
            {asked && (
              <p className="truncate text-quiet">
                {asked.person.name} at {asked.enterprise.name}
              </p>
            )}
          </div>
        </div>
        {query.error ? (
          <>
            <ErrorState error={query.error} title="This request cannot be answered" />
            {signedOut && (
              <Button variant="contained" className="!mt-4" onClick={() => location.assign(signInPath(location.pathname))}>
                Sign in
              </Button>
            )}
          </>
        ) : !asked ? (
          <SkeletonRows rows={4} />
        ) : (
          <div className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-5">
            {decide.error && <ProblemAlert error={decide.error} />}
            <p>
              <b>{asked.client.name}</b> would get:
            </p>
            <ul className="flex list-disc flex-col gap-1 pl-5">
              {[...asked.identity, ...asked.permissions].map((scope) => (
                <li key={scope}>
                  {says[scope] ?? 'Permission'} <code className="font-mono text-xs text-quiet">{scope}</code>
                </li>
              ))}
            </ul>
            <p className="text-xs break-words text-quiet">
              You go on to {asked.client.redirect_host || 'the program'}. It never gets your password, and never more than you may do yourself.
            </p>
            <div className="flex gap-2">
              <Button variant="contained" loading={decide.isPending} onClick={() => decide.mutate('allow')}>
                Allow
              </Button>
              <Button variant="outlined" disabled={decide.isPending} onClick={() => decide.mutate('deny')}>
                No
              </Button>
            </div>
          </div>
        )}
      </div>
    </main>
  )
}
