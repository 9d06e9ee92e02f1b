'use client'
import { Drawer, useMediaQuery } from '@mui/material'
import { usePathname } from 'next/navigation'
import { useSelectedAtom } from '@/components/ui/url-state'
import { AtomPanel } from './atom-panel'

/**
 * Where the panel of the selected atom is: beside the content, over it on a narrow window, a bottom sheet on a phone. Over the graph it
 * leaves room and focus to the picture, in which one goes on from atom to atom.
 */
export function AtomDock() {
  const { atomId, select } = useSelectedAtom()
  const wide = useMediaQuery('(min-width: 1200px)')
  const phone = useMediaQuery('(max-width: 639.9px)')
  const beside = usePathname() === '/graph'
  const close = () => select(null)
  if (wide)
    return atomId ? (
      <aside aria-label="Selected atom" className="w-100 shrink-0 overflow-y-auto border-l border-line">
        <AtomPanel key={atomId} id={atomId} close={close} />
      </aside>
    ) : null
  return (
    <Drawer
      open={atomId !== null}
      variant={beside ? 'persistent' : 'temporary'}
      onClose={close}
      anchor={phone ? 'bottom' : 'right'}
      slotProps={{
        paper: {
          // One that stays open beside the picture is no dialog, and without a role nobody is told its name.
          ...(beside && { role: 'complementary' }),
          'aria-label': 'Selected atom',
          className: phone
            ? `${beside ? 'max-h-[45dvh]' : 'max-h-[85dvh]'} rounded-t-lg border-t border-line-strong pb-[env(safe-area-inset-bottom)]`
            : 'w-105 border-l border-line',
        },
      }}
    >
      {phone && <span aria-hidden className="mx-auto mt-2 h-1 w-10 shrink-0 rounded-full bg-line-strong" />}
      <div className="min-h-0 overflow-y-auto">{atomId && <AtomPanel key={atomId} id={atomId} close={close} />}</div>
    </Drawer>
  )
}
