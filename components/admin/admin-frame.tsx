'use client'
import { Lock } from 'lucide-react'
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { useProfile } from '@/components/api/queries'
import { EmptyState, ErrorState, SkeletonRows } from '@/components/ui/states'
import { adminPages, adminPagesFor } from './pages'

/** What stands around every page of the Admin area: its tabs, and a word to who may not open the page. */
export function AdminFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname()
  const profile = useProfile()
  const open = adminPagesFor(profile.data?.permissions)
  const here = adminPages.find(({ href }) => pathname === href || pathname.startsWith(`${href}/`))
  return (
    <div className="mx-auto max-w-7xl p-4 sm:p-6">
      <nav aria-label="Administration" className="mb-5 flex flex-wrap gap-1 border-b border-line pb-2">
        {open.map((page) => (
          <Link
            key={page.href}
            href={page.href}
            aria-current={page === here ? 'page' : undefined}
            className={`inline-flex min-h-9 items-center rounded-md px-3 touch:min-h-11 ${
              page === here ? 'bg-raised font-semibold text-ink' : 'text-quiet hover:bg-raised/60 hover:text-ink'
            }`}
          >
            {page.label}
          </Link>
        ))}
      </nav>
      {profile.isPending ? (
        <SkeletonRows rows={5} />
      ) : profile.error && !profile.data ? (
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
      ) : here && !open.includes(here) ? (
        <EmptyState icon={<Lock size={24} />} title="Your role does not open this page">
          {here.label} needs the permission {here.permission}. An owner or administrator of {profile.data?.enterprise.name} can give it.
        </EmptyState>
      ) : (
        children
      )}
    </div>
  )
}

/** The area's own address leads to the first page that the person may open. */
export function AdminStart() {
  const { data: profile } = useProfile()
  const router = useRouter()
  const [first] = adminPagesFor(profile?.permissions)
  useEffect(() => {
    if (first) router.replace(first.href)
  }, [first, router])
  return profile && !first ? (
    <EmptyState icon={<Lock size={24} />} title="Your role does not open this area">
      Administration is for owners, administrators and auditors of {profile.enterprise.name}.
    </EmptyState>
  ) : (
    <SkeletonRows rows={5} />
  )
}
