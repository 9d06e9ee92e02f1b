'use client'
import { Button, TextField } from '@mui/material'
import { useMutation, useQuery } from '@tanstack/react-query'
import { signIn } from 'next-auth/react'
import { useEffect, useState } from 'react'
import { client } from '@/components/api/client'
import { humanise } from '@/components/ui/format'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { Mark } from './mark'

/** Where an invitation's link leads: name and password for a new account, the password for one that exists. */
export function AcceptInvitation() {
  const [token, setToken] = useState<string | null>(null)
  // The token stands behind the #, which only the browser sees.
  useEffect(() => setToken(location.hash.slice(1)), [])
  const query = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => client.auth.readInvitation({ token: token ?? '' }),
    enabled: Boolean(token),
    retry: false,
  })
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const accept = useMutation({
    mutationFn: async () => {
      const joined = await client.auth.acceptInvitation({ token: token ?? '', password, ...(query.data?.has_account ? {} : { name: name.trim() }) })
      const answer = await signIn('credentials', { email: joined.email, password, redirect: false })
      location.assign(answer?.ok && !answer.error ? '/overview' : '/signin')
    },
  })
  const fresh = query.data?.has_account === false
  const short = password.length > 0 && password.length < 8
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-96">
        <div className="mb-6 flex items-center gap-3">
          <Mark size={36} />
          <div className="min-w-0">
            <h1 className="text-xl font-semibold tracking-tight">Join {query.data?.enterprise.name ?? 'AIA'}</h1>
            {query.data && (
              <p className="truncate text-quiet">
                {query.data.email}, as {humanise(query.data.role).toLowerCase()}
              </p>
            )}
          </div>
        </div>
        {token === '' ? (
          <ErrorState error={null} title="This link is not whole" />
        ) : query.error ? (
          <ErrorState error={query.error} title="This invitation cannot be used" />
        ) : !query.data ? (
          <SkeletonRows rows={3} />
        ) : (
          <form
            method="post"
            noValidate
            className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-5"
            onSubmit={(event) => {
              event.preventDefault()
              if (password.length >= 8 && (!fresh || name.trim())) accept.mutate()
            }}
          >
            {accept.error && <ProblemAlert error={accept.error} />}
            <input type="hidden" autoComplete="username" value={query.data.email} readOnly />
            {fresh ? (
              <TextField
                autoFocus
                label="Your name"
                value={name}
                onChange={(event) => setName(event.target.value)}
                slotProps={{ htmlInput: { autoComplete: 'name', maxLength: 200 } }}
              />
            ) : (
              <p>You have an account under this address. Its password lets you join.</p>
            )}
            <TextField
              label={fresh ? 'New password' : 'Password'}
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              error={short}
              helperText={fresh ? 'At least 8 characters' : undefined}
              slotProps={{ htmlInput: { autoComplete: fresh ? 'new-password' : 'current-password', maxLength: 200 } }}
            />
            <Button
              type="submit"
              variant="contained"
              size="medium"
              className="min-h-11"
              loading={accept.isPending}
              disabled={password.length < 8 || (fresh && !name.trim())}
            >
              Join
            </Button>
          </form>
        )}
      </div>
    </main>
  )
}
