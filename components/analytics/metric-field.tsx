'use client'
import { ListSubheader, MenuItem, TextField } from '@mui/material'
import { humanise } from '@/components/ui/format'
import type { MetricInfo } from './use-series'

const keyOf = ({ measurement, metric }: MetricInfo) => `${measurement} ${metric}`
const aggregateName = (name: string) => (name === 'p95' ? '95th percentile' : humanise(name))

/** Chooses one of what is measured. */
export function MetricField({
  catalogue,
  metric,
  change,
}: {
  catalogue: readonly MetricInfo[]
  metric: MetricInfo
  change: (metric: MetricInfo) => void
}) {
  const measurements = [...new Set(catalogue.map(({ measurement }) => measurement))]
  return (
    <TextField
      select
      label="Metric"
      value={keyOf(metric)}
      className="min-w-56 max-sm:grow"
      onChange={({ target }) => {
        const chosen = catalogue.find((each) => keyOf(each) === target.value)
        if (chosen) change(chosen)
      }}
    >
      {measurements.flatMap((measurement) => [
        <ListSubheader key={measurement}>{humanise(measurement)}</ListSubheader>,
        ...catalogue
          .filter((each) => each.measurement === measurement)
          .map((each) => (
            <MenuItem key={keyOf(each)} value={keyOf(each)}>
              {humanise(each.metric)}
            </MenuItem>
          )),
      ])}
    </TextField>
  )
}

/** Chooses what becomes of the values of a metric; nothing where there is nothing to choose. */
export function AggregateField({
  metric,
  aggregate,
  change,
}: {
  metric: MetricInfo
  aggregate: MetricInfo['aggregates'][number]
  change: (aggregate: MetricInfo['aggregates'][number]) => void
}) {
  if (metric.aggregates.length < 2) return null
  return (
    <TextField
      select
      label="Value"
      value={aggregate}
      className="min-w-36 max-sm:grow"
      onChange={({ target }) => change(target.value as MetricInfo['aggregates'][number])}
    >
      {metric.aggregates.map((name) => (
        <MenuItem key={name} value={name}>
          {aggregateName(name)}
        </MenuItem>
      ))}
    </TextField>
  )
}
