'use client'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { useProfile } from '@/components/api/queries'

/** While the enterprise requires a second factor that this sign-in has not shown, only the own account is open: everybody is led there. */
export function MustSecure() {
  const { data: profile } = useProfile()
  const router = useRouter()
  const pathname = usePathname()
  const away = profile?.must_secure_account === true && pathname !== '/account'
  useEffect(() => {
    if (away) router.replace('/account')
  }, [away, router])
  return null
}
