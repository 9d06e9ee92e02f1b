'use client'
import { Autocomplete, TextField } from '@mui/material'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { orpc } from '@/components/api/client'
import type { Member } from './people'

/** Chooses a person of the enterprise by name or address. */
export function PersonField({
  value,
  onChange,
  label = 'Person',
}: {
  value: Member | null
  onChange: (value: Member | null) => void
  label?: string
}) {
  const [text, setText] = useState('')
  const q = text.trim().slice(0, 300)
  const query = useQuery(orpc.auth.listPeople.queryOptions({ input: { limit: 20, ...(q ? { q } : {}) }, placeholderData: keepPreviousData }))
  return (
    <Autocomplete
      options={query.data?.items ?? []}
      value={value}
      loading={query.isFetching}
      filterOptions={(options) => options}
      getOptionLabel={(person) => `${person.name} (${person.email})`}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionKey={(person) => person.id}
      onInputChange={(_, next, reason) => setText(reason === 'input' ? next : '')}
      onChange={(_, person) => onChange(person)}
      noOptionsText={query.error ? query.error.message : 'Nobody matches'}
      renderInput={(params) => <TextField {...params} label={label} />}
    />
  )
}
