import { type ReactNode, Suspense } from 'react'
import { Shell } from '@/components/frame/shell'

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <Suspense>
      <Shell>{children}</Shell>
    </Suspense>
  )
}
