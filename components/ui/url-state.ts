'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

/** `search` with the changes made; null removes a name. */
export function changedSearch(search: string, changes: Readonly<Record<string, string | null>>): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

/**
 * View state kept in the URL. Changing it makes a history entry (or replaces the current one) without asking the server,
 * so reload, back and share give the same view.
 */
export function useUrlState() {
  const params = useSearchParams()
  const pathname = usePathname()
  const change = useCallback((changes: Readonly<Record<string, string | null>>, options?: { replace?: boolean }) => {
    const url = location.pathname + changedSearch(location.search, changes) + location.hash
    if (options?.replace) window.history.replaceState(null, '', url)
    else window.history.pushState(null, '', url)
  }, [])
  return { params, pathname, change }
}

/** The atom whose panel is open. */
export function useSelectedAtom() {
  const { params, change } = useUrlState()
  const select = useCallback((id: string | null) => change({ atom: id }), [change])
  return { atomId: params.get('atom'), select }
}
