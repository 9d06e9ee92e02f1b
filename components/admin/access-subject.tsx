'use client'
import { Autocomplete, MenuItem, TextField } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { orpc } from '@/components/api/client'
import { useProfile } from '@/components/api/queries'
import type { Member } from './people'
import { PersonField } from './person-field'

type Kind = 'person' | 'api_key' | 'client'
type Named = { id: string; name: string; hint: string }
/** Who would call: null while it is not chosen. */
export type AskedSubject = { kind: Kind; person: Member | null; other: Named | null }

const kindNames: Record<Kind, string> = { person: 'A person', api_key: 'An API key', client: 'A program' }

/** What is asked of the decision point about the chosen one; null while nobody is chosen. */
export function subjectInput({ kind, person, other }: AskedSubject) {
  if (kind === 'person') return person && { person_id: person.id }
  return other && (kind === 'api_key' ? { api_key_id: other.id } : { client_id: other.id })
}

/** Chooses whose call it is: a person, an API key or a program that acts for itself. */
export function SubjectField({ value, onChange }: { value: AskedSubject; onChange: (value: AskedSubject) => void }) {
  const { data: profile } = useProfile()
  const may = (permission: string) => profile?.permissions.includes(permission as never) ?? false
  const kinds: Kind[] = ['person', ...(may('security.manage') && may('api_keys.manage') ? (['api_key'] as const) : [])]
  if (may('clients.manage')) kinds.push('client')
  return (
    <>
      {kinds.length > 1 && (
        <TextField
          select
          label="Who calls"
          value={value.kind}
          onChange={(event) => onChange({ kind: event.target.value as Kind, person: null, other: null })}
        >
          {kinds.map((kind) => (
            <MenuItem key={kind} value={kind}>
              {kindNames[kind]}
            </MenuItem>
          ))}
        </TextField>
      )}
      {value.kind === 'person' && <PersonField value={value.person} onChange={(person) => onChange({ ...value, person })} />}
      {value.kind === 'api_key' && <KeyField value={value.other} onChange={(other) => onChange({ ...value, other })} />}
      {value.kind === 'client' && <ClientField value={value.other} onChange={(other) => onChange({ ...value, other })} />}
    </>
  )
}

type FieldProps = { value: Named | null; onChange: (value: Named | null) => void }

function KeyField(props: FieldProps) {
  const query = useQuery(orpc.auth.listApiKeys.queryOptions({ input: { of: 'enterprise' } }))
  const items = query.data?.items.map(({ id, name, start, person }) => ({ id, name, hint: `${start}… of ${person.name}` }))
  return <NamedField {...props} label="API key" items={items} error={query.error} />
}

function ClientField(props: FieldProps) {
  const query = useQuery(orpc.auth.listClients.queryOptions({ input: {} }))
  const items = query.data?.items.map(({ id, name, client_id }) => ({ id, name, hint: client_id }))
  return <NamedField {...props} label="Program" items={items} error={query.error} />
}

function NamedField({ value, onChange, label, items, error }: FieldProps & { label: string; items: Named[] | undefined; error: Error | null }) {
  return (
    <Autocomplete
      options={items ?? []}
      value={value}
      loading={!items && !error}
      getOptionLabel={({ name, hint }) => `${name} (${hint})`}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      getOptionKey={({ id }) => id}
      onChange={(_, chosen) => onChange(chosen)}
      noOptionsText={error ? error.message : 'There is none'}
      renderInput={(params) => <TextField {...params} label={label} />}
    />
  )
}
