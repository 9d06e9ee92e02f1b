'use client'
import { IconButton, Menu, MenuItem, Tooltip } from '@mui/material'
import { useQueryClient } from '@tanstack/react-query'
import { Download, Inbox, Keyboard, LogOut, UserRound } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useProfile } from '@/components/api/queries'
import { useInstall } from '@/components/offline/install'
import { leave } from '@/components/offline/leaving'
import { useOutboxDialog } from '@/components/offline/outbox-dialog'
import { isUnsent, useOutbox } from '@/components/offline/use-outbox'
import { formatNumber, humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { EnterpriseSwitcher } from './enterprise-switcher'
import { LeaveDialog } from './leave-dialog'

/** Two letters for a name or an address. */
export function initials(name: string): string {
  const words = (name.split('@')[0] ?? '').split(/[\s._-]+/).filter(Boolean)
  const [first = '?'] = words
  const last = words.length > 1 ? words.at(-1) : undefined
  return (last ? [...first].slice(0, 1).concat([...last].slice(0, 1)) : [...first].slice(0, 2)).join('').toUpperCase()
}

export function PersonMenu({ openHelp }: { openHelp: () => void }) {
  const { data: profile } = useProfile()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const install = useInstall()
  const outbox = useOutboxDialog()
  const unsent = useOutbox().filter(isUnsent).length
  const [isLeaving, setLeaving] = useState(false)
  const shown = profile?.person.name || profile?.person.email
  const signOut = async () => {
    try {
      await leave()
      queryClient.clear()
      // Nothing to come back to.
      location.replace('/signin')
    } catch (error) {
      notices.fail('You are still signed in.', error)
    }
  }
  return (
    <>
      <Tooltip title={shown ?? 'You'}>
        <IconButton
          aria-label={shown ? `You: ${shown}` : 'You'}
          aria-haspopup="menu"
          aria-expanded={anchor !== null}
          onClick={(event) => setAnchor(event.currentTarget)}
        >
          <span className="grid size-8 place-items-center rounded-full border border-line-strong text-xs font-semibold text-ink">
            {shown ? initials(shown) : <UserRound size={16} aria-hidden />}
          </span>
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {profile && (
          <li className="max-w-72 border-b border-line px-4 pt-1 pb-3">
            <p className="truncate font-semibold">{shown}</p>
            {profile.person.name && <p className="truncate text-xs text-quiet">{profile.person.email}</p>}
            <p className="truncate text-xs text-quiet">
              {humanise(profile.role)} · {profile.enterprise.name} · {humanise(profile.enterprise.tier)}
            </p>
          </li>
        )}
        <EnterpriseSwitcher close={() => setAnchor(null)} />
        <MenuItem component={Link} href="/account" className="gap-3" onClick={() => setAnchor(null)}>
          <UserRound size={16} aria-hidden /> My account
        </MenuItem>
        <MenuItem
          className="gap-3"
          onClick={() => {
            setAnchor(null)
            outbox.open()
          }}
        >
          <Inbox size={16} aria-hidden /> <span className="grow">Outbox</span>
          {unsent > 0 && <span className="text-xs text-quiet">{formatNumber(unsent)}</span>}
        </MenuItem>
        {install && (
          <MenuItem
            className="gap-3"
            onClick={() => {
              setAnchor(null)
              install()
            }}
          >
            <Download size={16} aria-hidden /> Install AIA
          </MenuItem>
        )}
        <MenuItem
          className="gap-3"
          onClick={() => {
            setAnchor(null)
            openHelp()
          }}
        >
          <Keyboard size={16} aria-hidden /> <span className="grow">Keyboard</span>
          <kbd className="font-sans text-xs text-quiet">?</kbd>
        </MenuItem>
        <MenuItem
          className="gap-3"
          onClick={() => {
            setAnchor(null)
            if (unsent > 0) setLeaving(true)
            else void signOut()
          }}
        >
          <LogOut size={16} aria-hidden /> Sign out
        </MenuItem>
      </Menu>
      <LeaveDialog open={isLeaving} close={() => setLeaving(false)} unsent={unsent} leave={signOut} />
    </>
  )
}
