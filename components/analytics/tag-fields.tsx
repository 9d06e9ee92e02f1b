'use client'
import { Autocomplete, TextField } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { orpc } from '@/components/api/client'
import { humanise } from '@/components/ui/format'
import type { MetricInfo } from './use-series'
import type { View } from './view'

type Tags = View['tags']
type TagName = keyof Tags

/** A field for every tag of a metric: only what was measured with these values counts. */
export function TagFields({ metric, tags, change }: { metric: MetricInfo; tags: Tags; change: (tag: TagName, value: string | null) => void }) {
  return metric.tags.map((tag) => (
    <TagField key={`${metric.measurement} ${metric.metric} ${tag}`} metric={metric} tag={tag} value={tags[tag] ?? null} change={change} />
  ))
}

function TagField({
  metric: { measurement, metric },
  tag,
  value,
  change,
}: {
  metric: MetricInfo
  tag: TagName
  value: string | null
  change: (tag: TagName, value: string | null) => void
}) {
  const [open, setOpen] = useState(false)
  const values = useQuery(orpc.analytics.tagValues.queryOptions({ input: { measurement, metric, tag }, enabled: open, staleTime: 60_000 }))
  const found = values.data?.items ?? []
  // What a link names stays chosen, whether it was measured lately or not.
  const options = value === null || found.includes(value) ? found : [value, ...found]
  return (
    <Autocomplete
      size="small"
      options={options}
      value={value}
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      loading={values.isLoading}
      onChange={(_event, chosen) => change(tag, chosen)}
      noOptionsText={values.error ? values.error.message : 'Nothing was measured with this'}
      className="min-w-44 max-sm:grow"
      renderInput={(params) => (
        <TextField
          {...params}
          label={humanise(tag)}
          placeholder="All"
          slotProps={{ ...params.slotProps, inputLabel: { ...params.slotProps?.inputLabel, shrink: true } }}
        />
      )}
    />
  )
}
