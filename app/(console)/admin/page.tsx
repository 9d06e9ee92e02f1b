import type { Metadata } from 'next'
import { AdminStart } from '@/components/admin/admin-frame'

export const metadata: Metadata = { title: 'Admin' }

export default function Page() {
  return <AdminStart />
}
