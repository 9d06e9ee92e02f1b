'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { changedSearch } from '@/components/ui/url-state'
import { places } from './places'

/** The keys of the console, as the help lists them. */
export const shortcuts: readonly { keys: string; says: string }[] = [
  { keys: 'Ctrl K', says: 'Ask, or search atoms and sources (⌘ K on a Mac)' },
  { keys: '/', says: 'To the question, or the filter of the list' },
  ...places.map(({ keys, label }) => ({ keys, says: `Go to ${label}` })),
  { keys: '↑ ↓', says: 'From row to row in a list' },
  { keys: 'Enter', says: 'Open the row; send the question; in the graph follow the neighbour, then go to its citation' },
  { keys: 'Shift Enter', says: 'A new line in the question' },
  { keys: '← →', says: 'In the graph: through the neighbours by weight (↑ ↓ too)' },
  { keys: 'Backspace', says: 'In the graph: back to the atom before' },
  { keys: 'W A S D', says: 'In the graph: turn the picture, or push the flat one' },
  { keys: '+ - 0', says: 'In the graph: nearer, further away, everything' },
  { keys: 'Esc', says: 'Close the atom’s panel or the dialog' },
  { keys: '[', says: 'Collapse or widen the bar on the left' },
  { keys: '?', says: 'This list' },
]

const writing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'))

export function useShortcuts(actions: { openPalette: () => void; openHelp: () => void; toggleRail: () => void }) {
  const router = useRouter()
  const latest = useRef(actions)
  latest.current = actions
  useEffect(() => {
    let pending = { key: '', at: 0 }
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        latest.current.openPalette()
        return
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const inDialog = document.querySelector('[role="dialog"], [role="menu"]') !== null
      if (event.key === 'Escape' && !inDialog && !writing(event.target)) {
        if (new URLSearchParams(location.search).has('atom'))
          window.history.pushState(null, '', location.pathname + changedSearch(location.search, { atom: null }))
        return
      }
      if (writing(event.target) || inDialog) return
      const chord = pending.key && event.timeStamp - pending.at < 1_200 ? `${pending.key} ${event.key}` : ''
      pending = { key: '', at: 0 }
      const place = places.find(({ keys }) => keys === chord)
      if (place) {
        event.preventDefault()
        router.push(place.href)
      } else if (event.key === 'g') pending = { key: 'g', at: event.timeStamp }
      else if (event.key === '?') latest.current.openHelp()
      else if (event.key === '[') latest.current.toggleRail()
      else if (event.key === '/') {
        const field = document.querySelector<HTMLElement>('[data-main-field] input, [data-main-field] textarea:not([aria-hidden])')
        if (!field) return
        event.preventDefault()
        field.focus()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [router])
}
