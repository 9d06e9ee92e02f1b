type Point = { at: string; value: number }
const width = 160
const height = 36
const inset = 2

/** The course of a figure, without axes: the figure beside it says how much. One point is a dot, and none is nothing. */
export function Sparkline({ points, from, to }: { points: readonly Point[]; from: string; to: string }) {
  const [begin, end] = [Date.parse(from), Date.parse(to)]
  const values = points.map(({ value }) => value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const x = (at: string) => inset + ((Date.parse(at) - begin) / Math.max(1, end - begin)) * (width - 2 * inset)
  // What does not change lies in the middle.
  const y = (value: number) => (most === least ? height / 2 : height - inset - ((value - least) / (most - least)) * (height - 2 * inset))
  const last = points.at(-1)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-9 w-full text-accent" aria-hidden data-sparkline={points.length}>
      {points.length > 1 && (
        <polyline
          points={points.map((point) => `${x(point.at).toFixed(1)},${y(point.value).toFixed(1)}`).join(' ')}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.5}
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {points.length === 1 && last && (
        <line
          x1={x(last.at)}
          x2={x(last.at)}
          y1={y(last.value)}
          y2={y(last.value)}
          stroke="currentColor"
          strokeWidth={5}
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  )
}
