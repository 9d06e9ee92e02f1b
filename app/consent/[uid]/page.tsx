import type { Metadata } from 'next'
import { Consent } from '@/components/frame/consent'

export const metadata: Metadata = { title: 'Allow a program' }

export default function Page() {
  return <Consent />
}
