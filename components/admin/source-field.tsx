'use client'
import { Autocomplete, TextField } from '@mui/material'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { orpc } from '@/components/api/client'

export type ChosenSource = { id: string; title: string }

/** Chooses a source of the enterprise by title. */
export function SourceField({
  value,
  onChange,
  label = 'Source',
}: {
  value: ChosenSource | null
  onChange: (value: ChosenSource | null) => void
  label?: string
}) {
  const [text, setText] = useState('')
  const q = text.trim().slice(0, 300)
  const query = useQuery(orpc.neural.listSources.queryOptions({ input: { limit: 20, ...(q ? { q } : {}) }, placeholderData: keepPreviousData }))
  return (
    <Autocomplete<ChosenSource>
      options={query.data?.items.map(({ id, title }) => ({ id, title })) ?? []}
      value={value}
      loading={query.isFetching}
      filterOptions={(options) => options}
      getOptionLabel={(source) => source.title}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionKey={(source) => source.id}
      onInputChange={(_, next, reason) => setText(reason === 'input' ? next : '')}
      onChange={(_, source) => onChange(source)}
      noOptionsText={query.error ? query.error.message : 'No source matches'}
      renderInput={(params) => <TextField {...params} label={label} />}
    />
  )
}
