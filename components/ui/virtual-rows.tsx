'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { createContext, type KeyboardEvent, type ReactNode, type RefObject, useContext, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** The element that scrolls the page's content. */
export const ScrollArea = createContext<RefObject<HTMLElement | null>>({ current: null })

/** How far below the top of the scrolling element this one begins, in px; follows changes of the layout above it. */
export function useScrollMargin(ref: RefObject<HTMLElement | null>) {
  const area = useContext(ScrollArea)
  const [margin, setMargin] = useState(0)
  useLayoutEffect(() => {
    const scroller = area.current
    const element = ref.current
    if (!scroller || !element) return
    const measure = () => setMargin(Math.round(element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(scroller)
    for (let above: HTMLElement | null = element.parentElement; above && above !== scroller; above = above.parentElement) observer.observe(above)
    return () => observer.disconnect()
  }, [area, ref])
  return margin
}

type Props = {
  count: number
  /** Height of a row in px; rows may grow beyond it. */
  rowHeight: number
  keyOf: (index: number) => string
  /** The cells of a row. */
  children: (index: number) => ReactNode
  /** Classes of the rows, and which of them is the current one. */
  rowClass: string
  isCurrent?: (index: number) => boolean
  hasMore?: boolean
  loadMore?: () => void
  busy?: boolean
}

/**
 * Body of a table that draws only the rows in sight, of any number, and asks for more near its end. Arrow keys move between rows,
 * to the element in each that carries `data-row-focus`.
 */
export function VirtualRows({ count, rowHeight, keyOf, children, rowClass, isCurrent, hasMore = false, loadMore, busy = false }: Props) {
  const area = useContext(ScrollArea)
  const root = useRef<HTMLTableSectionElement>(null)
  const scrollMargin = useScrollMargin(root)
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => area.current,
    estimateSize: () => rowHeight,
    getItemKey: keyOf,
    overscan: 12,
    scrollMargin,
  })
  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !busy && last >= count - 20) loadMore?.()
  }, [hasMore, busy, last, count, loadMore])

  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const target = event.target as HTMLElement
    const row = target.closest<HTMLElement>('[data-index]')
    if (!step || !row || target.matches('input, textarea, select')) return
    const next = root.current?.querySelector<HTMLElement>(`[data-index="${Number(row.dataset.index) + step}"] [data-row-focus]`)
    if (!next) return
    event.preventDefault()
    next.focus()
  }

  return (
    <tbody ref={root} onKeyDown={move} className="relative block" style={{ height: virtualizer.getTotalSize() }}>
      {items.map((item) => {
        const current = isCurrent?.(item.index) ?? false
        return (
          <tr
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            aria-current={current || undefined}
            className={`absolute top-0 left-0 w-full border-b border-line px-3 ${current ? 'bg-raised' : 'hover:bg-raised/60'} ${rowClass}`}
            style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
          >
            {children(item.index)}
          </tr>
        )
      })}
    </tbody>
  )
}
