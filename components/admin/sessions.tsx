'use client'
import { SessionList } from '@/components/account/session-list'
import { useProfile } from '@/components/api/queries'
import { PageHead } from '@/components/ui/page'

/** Admin > Sessions: who of the enterprise is signed in where. */
export function SessionsPage() {
  const { data: profile } = useProfile()
  return (
    <>
      <PageHead title="Sessions">
        Who of {profile?.enterprise.name ?? 'this enterprise'} is signed in where. Ending one ends its tokens and its browser.
      </PageHead>
      <SessionList of="enterprise" />
    </>
  )
}
