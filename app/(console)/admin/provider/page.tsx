import type { Metadata } from 'next'
import { ProviderPage } from '@/components/admin/provider'

export const metadata: Metadata = { title: 'Sign-in provider' }

export default function Page() {
  return <ProviderPage />
}
