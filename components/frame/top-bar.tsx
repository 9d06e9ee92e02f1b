'use client'
import { IconButton, Skeleton, Tooltip } from '@mui/material'
import { Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'
import { useProfile } from '@/components/api/queries'
import { LiveChip } from '@/components/live/live-chip'
import { ConnectionState } from '@/components/offline/connection-state'
import { useConnected } from '@/components/offline/use-outbox'
import { IngestionState } from './ingestion-state'
import { Mark } from './mark'
import { ModeMenu } from './mode-menu'
import { PersonMenu } from './person-menu'
import { placeOf } from './places'

export function TopBar({ openPalette, openHelp }: { openPalette: () => void; openHelp: () => void }) {
  const { data: profile } = useProfile()
  const connected = useConnected()
  const place = placeOf(usePathname())
  const [mac, setMac] = useState(false)
  useEffect(() => setMac(/mac|iphone|ipad/i.test(navigator.userAgent)), [])
  return (
    <header className="flex h-13 touch:h-14 items-center gap-2 border-b border-line px-3 sm:gap-3">
      <Link href="/" className="flex min-h-11 items-center gap-2 rounded-md px-1 font-semibold" aria-label="AIA, to the start">
        <Mark />
        <span className="hidden sm:inline">AIA</span>
      </Link>
      <span className="truncate font-semibold sm:hidden">{place?.label}</span>
      <span className="hidden max-w-56 truncate text-quiet sm:inline" title={profile?.enterprise.name}>
        {profile ? profile.enterprise.name : <Skeleton width={96} />}
      </span>
      <button
        type="button"
        onClick={openPalette}
        className="ml-2 hidden h-9 w-full max-w-96 items-center gap-2 rounded-md border border-line-strong bg-panel px-3 text-left text-quiet hover:border-accent md:flex"
      >
        <Search size={15} aria-hidden />
        <span className="grow truncate">Ask, or search atoms and sources</span>
        <kbd className="rounded-sm border border-line px-1.5 font-sans text-xs whitespace-nowrap">{mac ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <span className="grow" />
      <ConnectionState />
      <IngestionState />
      {connected && <LiveChip />}
      <Tooltip title="Ask or search">
        <IconButton onClick={openPalette} aria-label="Ask or search" className="md:!hidden">
          <Search size={18} />
        </IconButton>
      </Tooltip>
      <ModeMenu />
      <PersonMenu openHelp={openHelp} />
    </header>
  )
}
