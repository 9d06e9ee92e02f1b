'use client'
import { Button } from '@mui/material'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { VenetianMask } from 'lucide-react'
import { useEffect } from 'react'
import { client } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { useNotices } from '@/components/ui/notices'

/** Above everything while somebody acts under another name: who as whom, until when, and the way out. */
export function ImpersonationBanner() {
  const { data: profile } = useProfile()
  const queryClient = useQueryClient()
  const notices = useNotices()
  const until = profile?.impersonator?.until
  const leave = () => {
    queryClient.clear()
    location.assign('/admin/people')
  }
  const end = useMutation({
    mutationFn: () => client.auth.endImpersonation({}),
    onSuccess: leave,
    onError: (error) => notices.fail('It goes on.', error),
  })
  // When the time is over the server has ended it already; what is on the screen must follow.
  useEffect(() => {
    if (!until) return
    const timer = setTimeout(() => location.assign('/admin/people'), Math.max(0, Date.parse(until) - Date.now()) + 1_000)
    return () => clearTimeout(timer)
  }, [until])
  if (!profile?.impersonator) return null
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-attention bg-raised px-3 py-1.5 text-attention">
      <VenetianMask size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0 grow basis-48">
        {profile.impersonator.name} acts as <b>{profile.person.name}</b> until{' '}
        {new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(new Date(profile.impersonator.until))}. Everything is recorded under both
        names.
      </p>
      <Button color="warning" variant="outlined" loading={end.isPending} onClick={() => end.mutate()}>
        End
      </Button>
    </div>
  )
}
