'use client'
import { Braces } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useProfile } from '@/components/api/queries'
import { placeOf, placesFor } from './places'

const entry = 'flex min-h-14 flex-col items-center justify-center gap-0.5 text-xs'

/** The places, at the bottom of a phone. */
export function BottomBar() {
  const here = placeOf(usePathname())
  const { data: profile } = useProfile()
  return (
    <nav aria-label="Places" className="grid auto-cols-fr grid-flow-col border-t border-line bg-ground pb-[env(safe-area-inset-bottom)] sm:hidden">
      {placesFor(profile?.permissions).map((place) => {
        const Icon = place.icon
        const active = place === here
        return (
          <Link
            key={place.href}
            href={place.href}
            aria-current={active ? 'page' : undefined}
            className={`${entry} ${active ? 'font-semibold text-ink' : 'text-quiet'}`}
          >
            <Icon size={20} aria-hidden className={active ? 'text-accent' : ''} />
            {place.short}
          </Link>
        )
      })}
      <a href="/docs" className={`${entry} text-quiet`}>
        <Braces size={20} aria-hidden />
        API
      </a>
    </nav>
  )
}
