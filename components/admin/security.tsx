'use client'
import { Button, FormControlLabel, MenuItem, Switch, TextField } from '@mui/material'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSecured, wasCancelled } from '@/components/account/use-secured'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { plural } from '@/components/ui/format'
import { PageHead, Panel } from '@/components/ui/page'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { CheckpointKeys } from './checkpoint-keys'
import { DataKeys } from './data-keys'
import { SigningKeys } from './signing-keys'

type Settings = Awaited<ReturnType<typeof client.auth.readSecuritySettings>>

const lifetimes: readonly [number, string][] = [
  [1, '1 hour'],
  [8, '8 hours'],
  [24, '1 day'],
  [168, '7 days'],
  [720, '30 days'],
]

/** Admin > Security: how the people of the enterprise must sign in, and the keys that sign tokens. */
export function SecurityPage() {
  const query = useQuery(orpc.auth.readSecuritySettings.queryOptions({ input: {} }))
  return (
    <>
      <PageHead title="Security">How everybody of this enterprise must sign in.</PageHead>
      {query.error && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The settings could not be loaded" />}
      {query.isPending && (
        <Panel>
          <SkeletonRows rows={2} height={72} label="Loading settings" />
        </Panel>
      )}
      {query.data && <SettingsForm key={query.data.updated_at} settings={query.data} />}
      <SigningKeys />
      <DataKeys />
      <CheckpointKeys />
    </>
  )
}

function SettingsForm({ settings }: { settings: Settings }) {
  const [requireMfa, setRequireMfa] = useState(settings.require_mfa)
  const [hours, setHours] = useState(settings.session_hours)
  const save = useSecured((input: { require_mfa: boolean; session_hours: number }) => client.auth.changeSecuritySettings(input), {
    done: 'The settings are saved.',
  })
  const without = settings.people - settings.people_with_second_factor
  const changed = requireMfa !== settings.require_mfa || hours !== settings.session_hours
  const choices = lifetimes.some(([value]) => value === settings.session_hours)
    ? lifetimes
    : [...lifetimes, [settings.session_hours, plural(settings.session_hours, 'hour', 'hours')] as const]
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (changed) save.mutate({ require_mfa: requireMfa, session_hours: hours })
      }}
    >
      <Panel className="flex flex-col gap-5 p-4">
        {save.error && !wasCancelled(save.error) && <ProblemAlert error={save.error} />}
        <div>
          <FormControlLabel
            control={<Switch checked={requireMfa} onChange={(_, checked) => setRequireMfa(checked)} />}
            label="Require a second factor from everybody"
          />
          <p className="text-quiet">
            {settings.people_with_second_factor} of {plural(settings.people, 'person', 'people')} have one.{' '}
            {without > 0 && requireMfa && !settings.require_mfa
              ? `The other ${without} can then only open their account, until they have set one up.`
              : 'Whoever has none can only open the own account and set one up.'}
          </p>
        </div>
        <TextField
          select
          label="A sign-in lasts"
          value={hours}
          onChange={(event) => setHours(Number(event.target.value))}
          helperText="Afterwards everybody signs in again. Holds for new sign-ins."
          className="max-w-72"
        >
          {choices.map(([value, label]) => (
            <MenuItem key={value} value={value}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <div className="flex items-center gap-3">
          <Button type="submit" variant="contained" disabled={!changed} loading={save.isPending}>
            Save
          </Button>
          {settings.updated_at && (
            <span className="text-xs text-quiet">
              changed <Ago at={settings.updated_at} />
            </span>
          )}
        </div>
      </Panel>
    </form>
  )
}
