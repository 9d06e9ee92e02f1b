'use client'
import { IconButton, Tooltip } from '@mui/material'
import { useVirtualizer } from '@tanstack/react-virtual'
import { LocateFixed } from 'lucide-react'
import { useCallback, useContext, useEffect, useMemo, useRef } from 'react'
import { ScrollArea, useScrollMargin } from '@/components/ui/virtual-rows'
import { blockAt, cutText, markBlock, type Span } from './text-window'

/** The stored text, only as much of it drawn as is in sight, with the cited words marked and scrolled to. */
export function SourceText({ text, mark, mono }: { text: string; mark: Span | null; mono: boolean }) {
  const area = useContext(ScrollArea)
  const root = useRef<HTMLDivElement>(null)
  const scrollMargin = useScrollMargin(root)
  const blocks = useMemo(() => cutText(text), [text])
  const virtualizer = useVirtualizer({
    count: blocks.length,
    getScrollElement: () => area.current,
    estimateSize: (index) => {
      const block = blocks[index]
      return block ? Math.max(24, ((block.end - block.start) / 90) * 24) : 24
    },
    overscan: 3,
    scrollMargin,
  })
  const start = mark?.start ?? null
  const end = mark?.end ?? null

  // Blocks above are measured as they come into sight and move what is below, so the words are aimed at until they stand still.
  const toMark = useCallback(() => {
    if (start === null) return
    virtualizer.scrollToIndex(blockAt(blocks, start), { align: 'center' })
    let tries = 0
    let still = 0
    let last = Number.NaN
    const aim = () => {
      const scroller = area.current
      const found = root.current?.querySelector('mark')
      if (!scroller) return
      if (found) {
        const box = found.getBoundingClientRect()
        const frame = scroller.getBoundingClientRect()
        const off = box.top + Math.min(box.height, frame.height / 2) / 2 - (frame.top + frame.height * 0.4)
        if (Math.abs(off) > 4) scroller.scrollTop += off
        still = Math.abs(box.top - last) <= 4 ? still + 1 : 0
        last = box.top
      }
      if (++tries < 60 && still < 4) requestAnimationFrame(aim)
    }
    requestAnimationFrame(aim)
  }, [start, blocks, virtualizer, area])
  const ready = scrollMargin > 0
  useEffect(() => {
    if (ready && start !== null && end !== null) toMark()
  }, [ready, start, end, toMark])

  return (
    <div className="relative">
      {mark && (
        <div className="pointer-events-none sticky top-2 z-10 flex h-0 justify-end pr-2">
          <Tooltip title="To the cited words">
            <IconButton onClick={toMark} aria-label="To the cited words" className="pointer-events-auto border border-line bg-raised">
              <LocateFixed size={16} />
            </IconButton>
          </Tooltip>
        </div>
      )}
      <div ref={root} className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const block = blocks[item.index]
          return (
            block && (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className={`absolute top-0 left-0 w-full px-4 leading-6 break-words whitespace-pre-wrap sm:px-5 ${mono ? 'font-mono text-xs' : ''}`}
                style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
              >
                {markBlock(text, block, mark)
                  .map((piece, at) => ({ piece, at }))
                  .map(({ piece, at }) =>
                    piece.marked ? (
                      <mark key={at} className="py-0.5 font-medium text-ink outline-2 outline-mark">
                        {piece.text}
                      </mark>
                    ) : (
                      <span key={at}>{piece.text}</span>
                    ),
                  )}
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}
