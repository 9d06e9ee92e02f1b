'use client'
import { IconButton, Slider, Tooltip, useMediaQuery } from '@mui/material'
import { Pause, Play, StepForward } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { formatNumber } from '@/components/ui/format'
import { extent, histogram } from './sift'
import type { GraphPlace } from './use-graph-place'

const bins = 60
const playMs = 8_000

/** How the graph grew: atoms by when they were first known, a brush over them, and the growth as it happened. */
export function Timeline({ place }: { place: GraphPlace }) {
  const { graph, sifted, view, filter, during, slide } = place
  const whole = useMemo(() => extent(graph.times), [graph.times])
  const counts = useMemo(() => histogram(sifted, 'time', graph.times, whole, bins), [sifted, graph.times, whole])
  const { from, to } = during.time ?? view.filters.time
  const width = (whole.to - whole.from) / bins
  const binAt = (at: number | null, otherwise: number) =>
    at === null ? otherwise : Math.min(bins, Math.max(0, Math.round((at - whole.from) / width)))
  const low = binAt(from, 0)
  const high = binAt(to, bins)
  const rangeOf = (first: number, last: number) => ({
    from: first <= 0 ? null : Math.floor(whole.from + first * width),
    to: last >= bins ? null : Math.ceil(whole.from + last * width),
  })
  const settle = (first: number, last: number) => {
    slide('time', null)
    filter({ time: rangeOf(first, last) })
  }
  const isSlid = during.time !== null
  const play = usePlay({ low, high, isSlid, show: (last) => slide('time', rangeOf(low, last)), settle: (last) => settle(low, last) })
  const tallest = Math.max(1, ...counts)
  const exact = (bin: number) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(whole.from + bin * width)
  if (graph.count === 0) return null
  return (
    <section aria-label="Growth over time" className="flex min-w-0 flex-col px-3 py-1.5">
      <div className="flex items-center gap-2">
        <div className="min-w-0 grow">
          <h2 className="font-semibold">Growth</h2>
          <p className="truncate text-xs text-quiet">{width > 0 ? `${exact(low)} to ${exact(high)}` : `All was known at once, ${exact(0)}`}</p>
        </div>
        {width > 0 && (
          <Tooltip title={play.says}>
            <IconButton onClick={play.press} aria-label={play.says}>
              {play.still ? <StepForward size={16} /> : play.running ? <Pause size={16} /> : <Play size={16} />}
            </IconButton>
          </Tooltip>
        )}
      </div>
      {width > 0 && (
        <div className="flex min-h-0 grow flex-col justify-end px-2">
          <svg
            viewBox={`0 0 ${bins} 32`}
            preserveAspectRatio="none"
            className="h-12 w-full"
            role="img"
            aria-label={`Atoms over time, at most ${formatNumber(tallest)} in one of ${bins} parts`}
          >
            {counts.map((count, bin) => {
              const height = count === 0 ? 0 : Math.max(1, (count / tallest) * 32)
              const inside = bin >= low && bin < high
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
                <rect key={bin} x={bin + 0.1} width={0.8} y={32 - height} height={height} className={inside ? 'fill-accent' : 'fill-line-strong'} />
              )
            })}
          </svg>
          <Slider
            size="small"
            min={0}
            max={bins}
            value={[low, high]}
            className="!py-2 touch:!py-5"
            getAriaLabel={(index) => (index === 0 ? 'Known from' : 'Known until')}
            getAriaValueText={exact}
            onChange={(_, next) => {
              const [first = 0, last = bins] = next as number[]
              play.stop()
              slide('time', rangeOf(first, last))
            }}
            onChangeCommitted={(_, next) => {
              const [first = 0, last = bins] = next as number[]
              settle(first, last)
            }}
          />
        </div>
      )}
    </section>
  )
}

interface Played {
  low: number
  high: number
  /** Whether a range is shown that is not settled. */
  isSlid: boolean
  show: (last: number) => void
  settle: (last: number) => void
}

/** Growth in 8 s from the low end of the brush to the end; where motion is reduced, a part of it at every press. */
function usePlay({ low, high, isSlid, show, settle }: Played) {
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')
  const [running, setRunning] = useState(false)
  // At once, where the state waits for the next picture: no step comes after a stop.
  const goesOn = useRef(false)
  const latest = useRef({ low, high, isSlid, show, settle })
  latest.current = { low, high, isSlid, show, settle }
  const stop = useCallback(() => {
    goesOn.current = false
    setRunning(false)
  }, [])
  useEffect(() => {
    if (!running) return
    let last = latest.current.high >= bins ? latest.current.low + 1 : latest.current.high
    let wasSlid = false
    const timer = setInterval(() => {
      // Who takes the filter away while it plays wants no more of it.
      if (!goesOn.current || (wasSlid && !latest.current.isSlid)) return stop()
      wasSlid = latest.current.isSlid
      last += 1
      if (last < bins) return latest.current.show(last)
      stop()
      latest.current.settle(bins)
    }, playMs / bins)
    latest.current.show(last)
    return () => clearInterval(timer)
  }, [running, stop])
  const press = () => {
    if (still) settle(high >= bins ? low + 1 : high + 1)
    else if (running) {
      stop()
      settle(high)
    } else {
      goesOn.current = true
      setRunning(true)
    }
  }
  return { still, running, stop, press, says: still ? 'One step of growth on (motion is reduced)' : running ? 'Pause the growth' : 'Play the growth' }
}
