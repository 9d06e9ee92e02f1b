'use client'
import { Menu, MenuItem } from '@mui/material'
import { Braces, Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useState } from 'react'
import { useProfile } from '@/components/api/queries'
import { placeOf, placesFor } from './places'

const entry = 'flex min-h-14 flex-col items-center justify-center gap-0.5 text-xs'
const entryClass = (active: boolean) => `${entry} ${active ? 'font-semibold text-ink' : 'text-quiet'}`
const iconClass = (active: boolean) => (active ? 'text-accent' : '')

/** The places, at the bottom of a phone: the first of them, and the others one tap further. */
export function BottomBar() {
  const here = placeOf(usePathname())
  const { data: profile } = useProfile()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const places = placesFor(profile?.permissions)
  const others = places.filter(({ inBar }) => !inBar)
  const isOther = here !== undefined && others.includes(here)
  const close = () => setAnchor(null)
  return (
    <nav aria-label="Places" className="grid auto-cols-fr grid-flow-col border-t border-line bg-ground pb-[env(safe-area-inset-bottom)] sm:hidden">
      {places
        .filter(({ inBar }) => inBar)
        .map((place) => {
          const Icon = place.icon
          const active = place === here
          return (
            <Link key={place.href} href={place.href} aria-current={active ? 'page' : undefined} className={entryClass(active)}>
              <Icon size={20} aria-hidden className={iconClass(active)} />
              {place.short}
            </Link>
          )
        })}
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        className={entryClass(isOther)}
      >
        <Ellipsis size={20} aria-hidden className={iconClass(isOther)} />
        More
      </button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close} anchorOrigin={{ vertical: 'top', horizontal: 'right' }}>
        {others.map((place) => {
          const Icon = place.icon
          return (
            <MenuItem key={place.href} component={Link} href={place.href} selected={place === here} onClick={close} className="gap-3">
              <Icon size={18} aria-hidden /> {place.label}
            </MenuItem>
          )
        })}
        <MenuItem component="a" href="/docs" className="gap-3">
          <Braces size={18} aria-hidden /> API
        </MenuItem>
      </Menu>
    </nav>
  )
}
