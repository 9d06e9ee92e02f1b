'use client'
import { ChartsReferenceLine } from '@mui/x-charts/ChartsReferenceLine'
import { LineChart } from '@mui/x-charts/LineChart'
import { metricText } from '@/components/ui/measure'
import { colourOf, dashOf } from './line-looks'
import type { SeriesTable } from './series-table'

const manyPoints = 40
/** Room above the highest threshold for its name. */
const headroom = 0.08
/** A name is no wider than a phone. */
const longestName = 32
const shortened = (name: string) => (name.length > longestName ? `${name.slice(0, longestName - 1)}…` : name)

interface Props {
  table: SeriesTable
  unit: string
  from: string
  to: string
  bucketSeconds: number
  label: string
  /** Where alert rules fire, in the unit of the values. */
  thresholds: readonly { id: string; at: number; label: string; isFiring: boolean }[]
  /** Somebody points at a moment to look closer. */
  closer: (at: number) => void
}

/** The course of a metric. What was not measured is a gap, not a zero. */
export default function SeriesChart({ table, unit, from, to, bucketSeconds, label, thresholds, closer }: Props) {
  const [begin, end, stepMs] = [Date.parse(from), Date.parse(to), bucketSeconds * 1_000]
  const count = Math.max(0, Math.round((end - begin) / stepMs))
  const rows = new Map(table.rows.map(({ at, values }) => [Date.parse(at), values]))
  const times = Array.from({ length: count }, (_, index) => begin + index * stepMs)
  return (
    // Named here: the chart puts its own title on an element without a role, which may not have a name (WAI-ARIA 1.2, 5.2.8.6).
    <fieldset aria-label={label} className="m-0 min-w-0 border-0 p-0">
      <LineChart
        height={320}
        hideLegend
        skipAnimation
        grid={{ horizontal: true }}
        margin={{ left: 4, right: 16, top: 12, bottom: 0 }}
        xAxis={[{ scaleType: 'time', data: times.map((at) => new Date(at)), min: new Date(begin), max: new Date(end) }]}
        yAxis={[
          {
            width: 64,
            valueFormatter: (value: number) => metricText({ value, unit }),
            // A threshold is seen, however far from it the values are, and stands off the axis.
            ...(thresholds.length > 0
              ? {
                  domainLimit: (min, max) => {
                    const marks = thresholds.map(({ at }) => at)
                    const [least, most] = [Math.min(0, Number(min), ...marks), Math.max(Number(max), ...marks)]
                    return { min: least, max: most + headroom * (most - least || 1) }
                  },
                }
              : {}),
          },
        ]}
        series={table.columns.map((name, line) => {
          const data = times.map((at) => rows.get(at)?.[line] ?? null)
          const isAlone = (index: number) => data[index - 1] == null && data[index + 1] == null
          return {
            id: name,
            label: name,
            data,
            color: colourOf(line),
            curve: 'linear' as const,
            connectNulls: false,
            showMark: ({ index }: { index: number }) => count <= manyPoints || isAlone(index),
            valueFormatter: (value: number | null) => metricText({ value, unit }),
          }
        })}
        slotProps={{ line: ({ seriesId }) => ({ strokeDasharray: dashOf(table.columns.indexOf(String(seriesId))) ?? 'none' }) }}
        onAxisClick={(_event, data) => {
          const at = data?.axisValue
          if (at instanceof Date) closer(at.getTime())
          else if (typeof at === 'number') closer(at)
        }}
      >
        {thresholds.map(({ id, at, label: says, isFiring }) => (
          <ChartsReferenceLine
            key={id}
            y={at}
            label={shortened(says)}
            labelAlign="start"
            lineStyle={{ stroke: isFiring ? 'var(--mui-palette-aia-danger)' : 'var(--mui-palette-aia-attention)', strokeDasharray: '6 4' }}
            labelStyle={{ fill: 'var(--mui-palette-text-secondary)', fontSize: 12 }}
          />
        ))}
      </LineChart>
    </fieldset>
  )
}
