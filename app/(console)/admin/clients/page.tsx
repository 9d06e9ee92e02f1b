import type { Metadata } from 'next'
import { ClientsPage } from '@/components/admin/clients'

export const metadata: Metadata = { title: 'OAuth clients' }

export default function Page() {
  return <ClientsPage />
}
