'use client'
import { usePathname } from 'next/navigation'
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { MustSecure } from '@/components/account/must-secure'
import { StepUpProvider } from '@/components/account/step-up'
import { AtomDock } from '@/components/atom/atom-dock'
import { useLiveQueries } from '@/components/live/use-live'
import { NewVersionPrompt } from '@/components/offline/new-version'
import { OutboxDialog } from '@/components/offline/outbox-dialog'
import { useOffline } from '@/components/offline/use-offline'
import { ScrollArea } from '@/components/ui/virtual-rows'
import { BottomBar } from './bottom-bar'
import { CommandPalette } from './command-palette'
import { ImpersonationBanner } from './impersonation-banner'
import { Rail } from './rail'
import { SessionEnded } from './session-ended'
import { ShortcutsDialog } from './shortcuts-dialog'
import { TopBar } from './top-bar'
import { useShortcuts } from './use-shortcuts'

const railKey = 'aia-rail'

/** The frame around every page of the console. */
export function Shell({ children }: { children: ReactNode }) {
  const [narrow, setNarrow] = useState(false)
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const main = useRef<HTMLElement>(null)
  const pathname = usePathname()

  useEffect(() => setNarrow(localStorage.getItem(railKey) === 'narrow'), [])
  const toggleRail = () => {
    setNarrow(!narrow)
    localStorage.setItem(railKey, narrow ? 'wide' : 'narrow')
  }
  useEffect(() => {
    if (pathname) main.current?.scrollTo({ top: 0 })
  }, [pathname])
  useOffline()
  useLiveQueries()
  useShortcuts({ openPalette: () => setPalette(true), openHelp: () => setHelp(true), toggleRail })

  return (
    <ScrollArea value={main}>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-24 rounded-md bg-accent px-4 py-3 font-semibold text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="grid h-dvh grid-rows-[auto_minmax(0,1fr)_auto] overflow-hidden">
        <div>
          <ImpersonationBanner />
          <TopBar openPalette={() => setPalette(true)} openHelp={() => setHelp(true)} />
        </div>
        <div className="flex min-h-0">
          <Rail narrow={narrow} toggle={toggleRail} />
          <main ref={main} id="main" tabIndex={-1} className="@container min-w-0 grow overflow-x-hidden overflow-y-auto outline-none">
            <StepUpProvider>
              <Suspense>{children}</Suspense>
            </StepUpProvider>
          </main>
          <Suspense>
            <AtomDock />
          </Suspense>
        </div>
        <BottomBar />
      </div>
      <CommandPalette open={palette} close={() => setPalette(false)} />
      <ShortcutsDialog open={help} close={() => setHelp(false)} />
      <SessionEnded />
      <OutboxDialog />
      <NewVersionPrompt />
      <MustSecure />
    </ScrollArea>
  )
}
