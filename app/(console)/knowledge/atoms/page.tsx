import type { Metadata } from 'next'
import { AtomsPage } from '@/components/knowledge/atoms-page'

export const metadata: Metadata = { title: 'Atoms' }

export default function Page() {
  return <AtomsPage />
}
