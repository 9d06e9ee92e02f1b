'use client'
import { Button } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { LogIn } from 'lucide-react'
import { useEffect, useState } from 'react'
import { client } from '@/components/api/client'
import { safeReturnPath } from '@/components/api/session-state'

/** What the server says when signing in by a provider did not work, in the address of this page. */
const said = {
  unreachable: 'Your enterprise’s provider cannot be reached. Try again in a moment, or sign in with a password.',
  refused: 'Your enterprise’s provider did not confirm the sign-in. Try again.',
  expired: 'That took too long, or began in another browser. Try again.',
  domain: 'Your provider gave an address that it may not speak for. Ask an administrator.',
  unverified: 'Your provider has not verified your address. Ask an administrator.',
  elsewhere: 'This account belongs to other enterprises too, so it signs in with its AIA password.',
  stranger: 'You are not a member yet. Ask an administrator for an invitation.',
  suspended: 'You are suspended in this enterprise. Ask an administrator.',
} as const

/** The words for a reason in the address; null for any other text. */
export const providerRefusal = (reason: string | null): string | null =>
  reason !== null && Object.hasOwn(said, reason) ? said[reason as keyof typeof said] : null

/** The ways in that the domain of a typed address has, once typing stands still. */
export function ProviderButtons({ email, next }: { email: string; next: string | null }) {
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(email.trim().toLowerCase()), 400)
    return () => clearTimeout(timer)
  }, [email])
  // Only the domain decides, so the name before it is not sent.
  const domain = /^[^\s@]+@([^\s@]+\.[^\s@.]{2,})$/.exec(settled)?.[1]
  const query = useQuery({
    queryKey: ['sign-in-methods', domain],
    queryFn: () => client.auth.signInMethods({ email: `anybody@${domain}` }),
    enabled: domain !== undefined,
    staleTime: 300_000,
    retry: false,
  })
  const providers = domain ? (query.data?.providers ?? []) : []
  return (
    <div role="status" className="flex flex-col gap-2 empty:hidden">
      {providers.map((provider) => (
        <Button
          key={provider.start}
          variant="outlined"
          className="min-h-11"
          startIcon={<LogIn size={16} aria-hidden />}
          onClick={() => location.assign(`${provider.start}&next=${encodeURIComponent(safeReturnPath(next))}`)}
        >
          {provider.name}
          {providers.length > 1 && `, ${provider.enterprise}`}
        </Button>
      ))}
    </div>
  )
}
