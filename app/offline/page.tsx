import type { Metadata } from 'next'
import { OfflinePage } from '@/components/offline/offline-page'

export const metadata: Metadata = { title: 'No connection' }

export default function Page() {
  return <OfflinePage />
}
