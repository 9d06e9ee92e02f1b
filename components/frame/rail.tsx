'use client'
import { IconButton, Tooltip } from '@mui/material'
import { Braces, PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Fragment, type ReactNode } from 'react'
import { useProfile, useStatus } from '@/components/api/queries'
import { formatNumber } from '@/components/ui/format'
import { type Place, placeOf, placesFor } from './places'

const headings: Record<string, string> = { '/knowledge': 'Knowledge', '/learning': 'Quality', '/admin': 'Administration' }

export function Rail({ narrow, toggle }: { narrow: boolean; toggle: () => void }) {
  const here = placeOf(usePathname())
  const { data: profile } = useProfile()
  const { data: status } = useStatus()
  const counts: Record<string, number | undefined> = { '/knowledge': status?.sources.total, '/knowledge/atoms': status?.atoms }
  return (
    <nav
      aria-label="Places"
      className={`hidden shrink-0 flex-col gap-0.5 overflow-y-auto border-r border-line p-2 sm:flex ${narrow ? 'w-15' : 'w-15 lg:w-54'}`}
    >
      {placesFor(profile?.permissions).map((place) => (
        <Fragment key={place.href}>
          {headings[place.href] && <Heading narrow={narrow}>{headings[place.href]}</Heading>}
          <Entry place={place} active={place === here} narrow={narrow} count={counts[place.href]} />
        </Fragment>
      ))}
      <Heading narrow={narrow}>Programs</Heading>
      <Tooltip title={narrow ? 'API' : ''} placement="right">
        <a href="/docs" className={entryClass(false, narrow)}>
          <Braces size={18} aria-hidden className="shrink-0" />
          <span className={labelClass(narrow)}>API</span>
        </a>
      </Tooltip>
      <span className="grow" />
      <Tooltip title={narrow ? 'Widen the bar  [' : 'Collapse to icons  ['} placement="right">
        <IconButton
          onClick={toggle}
          aria-label={narrow ? 'Widen the bar' : 'Collapse the bar to icons'}
          aria-pressed={narrow}
          className="!hidden lg:!inline-flex"
        >
          {narrow ? <PanelLeftOpen size={18} /> : <PanelLeftClose size={18} />}
        </IconButton>
      </Tooltip>
    </nav>
  )
}

const labelClass = (narrow: boolean) => (narrow ? 'sr-only' : 'sr-only grow truncate lg:not-sr-only')
const entryClass = (active: boolean, narrow: boolean) =>
  `flex min-h-10 touch:min-h-11 items-center gap-3 rounded-md px-3 ${narrow ? 'justify-center' : 'justify-center lg:justify-start'} ${
    active ? 'bg-raised font-semibold text-ink' : 'text-quiet hover:bg-raised/60 hover:text-ink'
  }`

function Heading({ narrow, children }: { narrow: boolean; children: ReactNode }) {
  return narrow ? (
    <hr className="mx-2 my-2 border-line" />
  ) : (
    <>
      <hr className="mx-2 my-2 border-line lg:hidden" />
      <p className="mt-3 mb-1 hidden px-3 text-xs font-semibold text-quiet lg:block">{children}</p>
    </>
  )
}

function Entry({ place, active, narrow, count }: { place: Place; active: boolean; narrow: boolean; count: number | undefined }) {
  const Icon = place.icon
  return (
    <Tooltip title={narrow ? place.label : ''} placement="right">
      <Link href={place.href} aria-current={active ? 'page' : undefined} className={entryClass(active, narrow)}>
        <Icon size={18} aria-hidden className="shrink-0" />
        <span className={labelClass(narrow)}>{place.label}</span>
        {!narrow && count !== undefined && <span className="ml-auto hidden text-xs font-normal text-quiet lg:inline">{formatNumber(count)}</span>}
      </Link>
    </Tooltip>
  )
}
