import type { Metadata } from 'next'
import { WebhooksPage } from '@/components/admin/webhooks'

export const metadata: Metadata = { title: 'Webhooks' }

export default function Page() {
  return <WebhooksPage />
}
