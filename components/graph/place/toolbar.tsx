'use client'
import { Badge, Button, IconButton, ListItemIcon, Menu, MenuItem, ToggleButton, ToggleButtonGroup, Tooltip, useMediaQuery } from '@mui/material'
import {
  Boxes,
  ChartColumn,
  Check,
  Download,
  Ellipsis,
  Focus,
  Footprints,
  ImageDown,
  Link2,
  type LucideIcon,
  Route,
  Rows3,
  SlidersHorizontal,
} from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useProfile } from '@/components/api/queries'
import { useNotices } from '@/components/ui/notices'
import { changedSearch } from '@/components/ui/url-state'
import { type View, views } from './view-state'

const viewNames: Record<View, string> = { '3d': '3D', '2d': '2D', table: 'Table', tree: 'Tree' }

/** Picture in space, flat picture, table or tree. */
export function ViewSwitch({ view, choose }: { view: View; choose: (view: View) => void }) {
  return (
    <ToggleButtonGroup exclusive size="small" aria-label="View" value={view} onChange={(_, next: View | null) => next && choose(next)}>
      {views.map((name) => (
        <ToggleButton key={name} value={name} className="!px-2.5">
          {viewNames[name]}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}

export function FilterButton({ count, open, toggle }: { count: number; open: boolean; toggle: () => void }) {
  return (
    <Badge badgeContent={count} color="primary">
      <Button
        variant="outlined"
        onClick={toggle}
        aria-expanded={open}
        aria-label={count > 0 ? `Filters, ${count} at work` : 'Filters'}
        startIcon={<SlidersHorizontal size={15} aria-hidden />}
        className="border-line-strong"
      >
        Filters
      </Button>
    </Badge>
  )
}

export type Action = { label: string; icon: LucideIcon; run: () => void; pressed?: boolean; disabled?: boolean }

/** What can be done with the graph: buttons where there is room, else a menu. */
export function Actions({ actions, children }: { actions: readonly Action[]; children?: ReactNode }) {
  const wide = useMediaQuery('(min-width: 1024px)')
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  if (wide)
    return (
      <div className="flex items-center">
        {actions.map(({ label, icon: Icon, run, pressed, disabled }) => (
          <Tooltip key={label} title={label}>
            <span>
              <IconButton
                aria-label={label}
                aria-pressed={pressed}
                disabled={disabled ?? false}
                onClick={run}
                className={pressed ? '!bg-raised !text-accent' : ''}
              >
                <Icon size={17} />
              </IconButton>
            </span>
          </Tooltip>
        ))}
        {children}
      </div>
    )
  return (
    <>
      {children}
      <IconButton aria-label="More" aria-haspopup="menu" aria-expanded={anchor !== null} onClick={(event) => setAnchor(event.currentTarget)}>
        <Ellipsis size={18} />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {actions.map(({ label, icon: Icon, run, pressed, disabled }) => (
          <MenuItem
            key={label}
            role={pressed === undefined ? 'menuitem' : 'menuitemcheckbox'}
            aria-checked={pressed}
            disabled={disabled ?? false}
            onClick={() => {
              setAnchor(null)
              run()
            }}
          >
            <ListItemIcon>
              <Icon size={16} aria-hidden />
            </ListItemIcon>
            <span className="grow">{label}</span>
            {pressed && <Check size={15} aria-hidden className="ml-3" />}
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}

/** Copies the address of exactly this view; on a phone the device's own sharing comes up. It names the enterprise it was made in. */
export function useShare(): Action {
  const { data: profile } = useProfile()
  const notices = useNotices()
  const touch = useMediaQuery('(pointer: coarse)')
  const run = async () => {
    const url = location.origin + location.pathname + changedSearch(location.search, { enterprise: profile?.enterprise.id ?? null })
    try {
      if (touch && navigator.share) await navigator.share({ title: 'AIA graph', url })
      else {
        await navigator.clipboard.writeText(url)
        notices.say('Link copied. It opens this view: camera, filters and selection.')
      }
    } catch (error) {
      // Whoever closes the device's dialog has decided so.
      if (!(error instanceof DOMException && error.name === 'AbortError')) notices.fail('The link could not be copied.', error)
    }
  }
  return { label: 'Share this view', icon: Link2, run: () => void run() }
}

export const icons = {
  walk: Footprints,
  growth: ChartColumn,
  communities: Boxes,
  list: Rows3,
  path: Route,
  recentre: Focus,
  image: ImageDown,
  csv: Download,
} as const
