import type { Metadata } from 'next'
import { LimitsPage } from '@/components/admin/limits'

export const metadata: Metadata = { title: 'Limits' }

export default function Page() {
  return <LimitsPage />
}
