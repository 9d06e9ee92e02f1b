import type { Metadata } from 'next'
import { JobsPage } from '@/components/admin/jobs'

export const metadata: Metadata = { title: 'Jobs' }

export default function Page() {
  return <JobsPage />
}
