'use client'
import { Button } from '@mui/material'
import { CloudOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { safeReturnPath } from '@/components/api/session-state'
import { Mark } from '@/components/frame/mark'
import { pagesCache } from './cache-names'
import { serverAnswers } from './connection'
import { hasLeft } from './leaving'
import { lastOwner } from './owner'

const lookEveryMs = 5_000

type Seen = { path: string; title: string }

/** Pages that open without a connection, the last seen first. */
async function seenPages(): Promise<Seen[]> {
  if (!('caches' in window) || (await lastOwner()) === null) return []
  const cache = await caches.open(pagesCache)
  const found: Seen[] = []
  for (const request of [...(await cache.keys())].reverse().slice(0, 12)) {
    const response = await cache.match(request, { ignoreVary: true })
    const title = /<title>([^<]*)<\/title>/.exec((await response?.text()) ?? '')?.[1] ?? ''
    const { pathname, search } = new URL(request.url)
    found.push({ path: pathname + search, title: title.replace(/ · AIA$/, '') || pathname })
  }
  return found
}

/**
 * In place of a page that was never opened on this device, and after signing out without a connection. It leaves as soon as there is one: the
 * sign-in page then ends the session.
 */
export function OfflinePage() {
  const [page, setPage] = useState<string | null>(null)
  const [isSignedOut, setSignedOut] = useState(false)
  const [seen, setSeen] = useState<readonly Seen[]>([])
  useEffect(() => {
    const given = new URLSearchParams(location.search).get('page')
    let wanted = safeReturnPath(given)
    void (async () => {
      const left = await hasLeft()
      if (left) wanted = '/signin'
      setSignedOut(left)
      setPage(wanted)
      setSeen(await seenPages())
    })().catch(() => undefined)
    // Opened by itself, it stands in place of nothing.
    if (given === null) return
    // A network is not yet a connection, and a connection comes back without a change of network.
    const look = async () => {
      if (document.visibilityState === 'visible' && (await serverAnswers())) location.replace(wanted)
    }
    const timer = setInterval(() => void look(), lookEveryMs)
    addEventListener('online', look)
    return () => {
      clearInterval(timer)
      removeEventListener('online', look)
    }
  }, [])
  return (
    <main className="mx-auto flex min-h-dvh max-w-xl flex-col justify-center gap-6 p-6">
      <div className="flex items-center gap-3">
        <Mark size={36} />
        <h1 className="text-xl font-semibold tracking-tight">{isSignedOut ? 'You are signed out on this device' : 'There is no connection'}</h1>
      </div>
      {isSignedOut ? (
        <p role="status" className="text-quiet">
          What you saw here and what was not sent is gone. There is no connection: AIA ends the session itself as soon as it can be reached, before it
          shows anything.
        </p>
      ) : (
        <p className="text-quiet">
          {page ? <span className="break-all">{page}</span> : 'This page'} was not opened on this device before, so it cannot be shown now. It opens
          by itself as soon as AIA can be reached.
        </p>
      )}
      <div>
        <Button
          variant="contained"
          disabled={page === null}
          onClick={() => page && location.assign(page)}
          startIcon={<CloudOff size={15} aria-hidden />}
        >
          Try again
        </Button>
      </div>
      {seen.length > 0 && (
        <nav aria-label="Pages on this device">
          <h2 className="mb-1 font-semibold">On this device</h2>
          <ul className="divide-y divide-line border-y border-line">
            {seen.map(({ path, title }) => (
              <li key={path}>
                <a href={path} className="flex min-h-11 flex-col justify-center py-1.5 hover:bg-raised">
                  {title}
                  <span className="truncate text-xs text-quiet">{path}</span>
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </main>
  )
}
