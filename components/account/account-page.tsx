'use client'
import { Alert } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import { OwnData } from '@/components/privacy/own-data'
import { PageHead, Panel } from '@/components/ui/page'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { PasskeySection } from './passkey-section'
import { PasswordSection } from './password-section'
import { RecoverySection } from './recovery-section'
import { SessionList } from './session-list'
import { TotpSection } from './totp-section'

/** My account: how one proves who one is, and where one is signed in. */
export function AccountPage() {
  const { data: profile } = useProfile()
  const factors = useQuery(orpc.auth.listFactors.queryOptions({ input: {} }))
  const { data } = factors
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-8 p-4 sm:p-6">
      <div>
        <PageHead title="My account">{profile && `${profile.person.name}, ${profile.person.email}`}</PageHead>
        {profile?.must_secure_account && (
          <Alert severity="warning" variant="outlined">
            {profile.enterprise.name} requires a second factor.{' '}
            {data && (data.totp || data.passkeys.length > 0)
              ? 'You have one, but this sign-in did not show it: sign out and in again.'
              : 'Set up codes from an app or a passkey below; then everything else opens.'}
          </Alert>
        )}
        {factors.isPending && (
          <Panel>
            <SkeletonRows rows={4} height={64} label="Loading your account" />
          </Panel>
        )}
        {factors.error && !data && (
          <ErrorState error={factors.error} onRetry={() => void factors.refetch()} title="Your account could not be loaded" />
        )}
      </div>
      {data && (
        <>
          <PasswordSection changedAt={data.password_changed_at} />
          <TotpSection factors={data} />
          <PasskeySection factors={data} />
          {(data.totp || data.passkeys.length > 0) && <RecoverySection left={data.recovery_codes_left} />}
        </>
      )}
      <SessionList of="me" />
      <OwnData />
    </div>
  )
}
