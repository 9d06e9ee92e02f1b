'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export type UrlChanges = Readonly<Record<string, string | null | readonly string[]>>

/** `search` with the changes made; null removes a name, a list gives it several times. */
export function changedSearch(search: string, changes: UrlChanges): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (typeof value === 'string' && value !== '') params.set(name, value)
    else params.delete(name)
    if (Array.isArray(value)) for (const one of value) params.append(name, one)
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
  const change = useCallback((changes: UrlChanges, options?: { replace?: boolean }) => {
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
