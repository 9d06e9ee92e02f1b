'use client'
import { FormControlLabel, MenuItem, Switch, TextField } from '@mui/material'
import { humanise } from '@/components/ui/format'
import { AggregateField, MetricField } from './metric-field'
import { MomentsFields } from './moments-fields'
import { TagFields } from './tag-fields'
import type { MetricInfo } from './use-series'
import { type RangeName, ranges, type View } from './view'

type Change = (changes: Readonly<Record<string, string | null>>, options?: { replace?: boolean }) => void

const selectClass = 'min-w-36 max-sm:grow'

/** What is looked at. Every choice goes into the address. */
export function Controls({
  view,
  catalogue,
  moments,
  live,
  change,
}: {
  view: View
  catalogue: readonly MetricInfo[]
  moments: { from: number; to: number }
  live: boolean
  change: Change
}) {
  const { metric, aggregate, by, tags, range, compare } = view
  const noTags = Object.fromEntries(metric.tags.map((tag) => [tag, null]))
  return (
    <fieldset aria-label="What is shown" className="mb-4 flex flex-wrap items-center gap-3">
      <MetricField
        catalogue={catalogue}
        metric={metric}
        change={(next) => change({ ...noTags, measurement: next.measurement, metric: next.metric, aggregate: null, by: null })}
      />
      <AggregateField metric={metric} aggregate={aggregate} change={(next) => change({ aggregate: next })} />
      {metric.tags.length > 0 && (
        <TextField
          select
          label="A line for each"
          value={by ?? ''}
          className={selectClass}
          onChange={({ target }) => change({ by: target.value || null })}
        >
          <MenuItem value="">All together</MenuItem>
          {metric.tags
            .filter((tag) => !tags[tag])
            .map((tag) => (
              <MenuItem key={tag} value={tag}>
                {humanise(tag)}
              </MenuItem>
            ))}
        </TextField>
      )}
      <TagFields
        metric={metric}
        tags={tags}
        // A line for each value of what has one value alone says nothing.
        change={(tag, value) => change({ [tag]: value, ...(value !== null && tag === by ? { by: null } : {}) })}
      />
      <TextField
        select
        label="Time"
        value={typeof range === 'string' ? range : 'own'}
        className={selectClass}
        onChange={({ target }) =>
          change(
            target.value === 'own'
              ? { range: null, from: new Date(moments.from).toISOString(), to: new Date(moments.to).toISOString() }
              : { range: target.value, from: null, to: null },
          )
        }
      >
        {(Object.keys(ranges) as RangeName[]).map((name) => (
          <MenuItem key={name} value={name}>
            {ranges[name].label}
          </MenuItem>
        ))}
        <MenuItem value="own">Two moments</MenuItem>
      </TextField>
      {typeof range !== 'string' && (
        <MomentsFields
          range={range}
          // Typing is one step of the way back, not one a key.
          change={({ from, to }) => change({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }, { replace: true })}
        />
      )}
      <FormControlLabel
        control={<Switch size="small" checked={compare} onChange={(_event, on) => change({ compare: on ? 'previous' : null })} />}
        label="Compare with before"
        className="touch:min-h-11"
      />
      {typeof range === 'string' && (
        <FormControlLabel
          control={<Switch size="small" checked={live} onChange={(_event, on) => change({ live: on ? null : 'off' })} />}
          label="Follow"
          className="touch:min-h-11"
        />
      )}
    </fieldset>
  )
}
