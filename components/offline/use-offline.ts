'use client'
import { useQueryClient } from '@tanstack/react-query'
import { usePathname, useSearchParams } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { startOutbox } from './outbox-state'
import { followOwner, ownerOf, setOwner, suspendOwner } from './owner'
import { isUnsent, useConnected, useOutbox } from './use-outbox'
import { keepThisPage, startVersions } from './version'

/** A view counts as seen once its address is no longer being typed or slid. */
const seenAfterMs = 500

/** What works without a connection, once around the whole console. */
export function useOffline(): void {
  const queryClient = useQueryClient()
  const { data: profile, dataUpdatedAt } = useProfile()
  const owner = profile && !profile.impersonator ? ownerOf(profile) : null
  const isActing = Boolean(profile?.impersonator)
  useEffect(startVersions, [])
  useEffect(
    () =>
      followOwner({
        onChange: () => void queryClient.invalidateQueries({ queryKey: orpc.auth.profile.key() }),
        onLeft: () => location.replace('/signin'),
      }),
    [queryClient],
  )

  // Said again after every answer about who it is: another tab may have changed it meanwhile. A browser that keeps nothing works with a connection only.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const said = isActing ? suspendOwner() : owner ? setOwner(owner) : null
    void said?.catch(() => undefined)
  }, [owner, isActing, dataUpdatedAt])
  useEffect(() => (owner ? startOutbox(owner) : undefined), [owner])

  const connected = useConnected()
  const wasConnected = useRef(true)
  useEffect(() => {
    if (connected && !wasConnected.current) void queryClient.invalidateQueries()
    wasConnected.current = connected
  }, [connected, queryClient])

  const sent = useOutbox().filter((item) => !isUnsent(item)).length
  const sentBefore = useRef(0)
  useEffect(() => {
    if (sent > sentBefore.current) void queryClient.invalidateQueries({ queryKey: orpc.neural.key() })
    sentBefore.current = sent
  }, [sent, queryClient])

  const pathname = usePathname()
  const search = useSearchParams().toString()
  // biome-ignore lint/correctness/useExhaustiveDependencies: every other address is another view
  useEffect(() => {
    if (!owner || !connected) return
    const timer = setTimeout(() => void keepThisPage(), seenAfterMs)
    return () => clearTimeout(timer)
  }, [pathname, search, owner, connected])
}
