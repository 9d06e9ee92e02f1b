import Link from 'next/link'
import { EmptyState } from '@/components/ui/states'

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        title="There is no such page"
        action={
          <Link href="/overview" className="inline-flex min-h-11 items-center rounded-md bg-accent px-4 font-semibold text-on-accent">
            Go to Ask
          </Link>
        }
      >
        The address may be mistyped, or what it named was deleted.
      </EmptyState>
    </main>
  )
}
