'use client'
import { Button, Checkbox, FormControlLabel, MenuItem, TextField } from '@mui/material'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, orpc } from '@/components/api/client'
import { Ago } from '@/components/ui/ago'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { CopyField } from '@/components/ui/copy-field'
import { humanise } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { PageHead, Panel } from '@/components/ui/page'
import { ProblemAlert } from '@/components/ui/problem-alert'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { type RoleName, roleNames, roleSays } from './roles'

type State = Awaited<ReturnType<typeof client.auth.getProvider>>
type Input = Parameters<typeof client.auth.setProvider>[0]

/** Admin > Sign-in provider: the enterprise's own OpenID provider. */
export function ProviderPage() {
  const query = useQuery(orpc.auth.getProvider.queryOptions({ input: {} }))
  return (
    <>
      <PageHead title="Sign-in provider">People with an address of your domains sign in by your enterprise’s own OpenID Connect provider.</PageHead>
      {query.error && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The settings could not be loaded" />
      ) : !query.data ? (
        <Panel>
          <SkeletonRows rows={5} label="Loading the settings" />
        </Panel>
      ) : (
        <ProviderForm key={query.data.provider?.updated_at ?? 'new'} state={query.data} />
      )}
    </>
  )
}

function ProviderForm({ state: { provider, redirect_uri: redirectUri } }: { state: State }) {
  const [name, setName] = useState(provider?.name ?? '')
  const [issuer, setIssuer] = useState(provider?.issuer ?? '')
  const [clientId, setClientId] = useState(provider?.client_id ?? '')
  const [secret, setSecret] = useState('')
  const [domains, setDomains] = useState(provider?.email_domains.join(' ') ?? '')
  const [joins, setJoins] = useState(provider?.joins_people ?? false)
  const [role, setRole] = useState<RoleName>(roleNames.find((each) => each === provider?.default_role) ?? 'analyst')
  const [forgetting, setForgetting] = useState(false)
  const queryClient = useQueryClient()
  const notices = useNotices()
  const refresh = () => void queryClient.invalidateQueries({ queryKey: orpc.auth.getProvider.key() })
  const list = domains.split(/[\s,]+/).filter(Boolean)
  const sameClient = provider?.issuer === issuer.trim() && provider.client_id === clientId.trim()
  const ready = name.trim() !== '' && issuer.trim() !== '' && clientId.trim() !== '' && list.length > 0 && (sameClient || secret !== '')
  const save = useMutation({
    mutationFn: () =>
      client.auth.setProvider({
        name: name.trim(),
        issuer: issuer.trim(),
        client_id: clientId.trim(),
        ...(secret ? { client_secret: secret } : {}),
        email_domains: list,
        joins_people: joins,
        default_role: role as Input['default_role'],
      }),
    onSuccess: () => {
      notices.say('Saved. The provider answered.')
      refresh()
    },
  })
  const forget = useMutation({
    mutationFn: () => client.auth.forgetProvider({}),
    onSuccess: () => {
      setForgetting(false)
      notices.say('People sign in with AIA only, from now on.')
      refresh()
    },
  })
  const plain = { htmlInput: { spellCheck: false, autoCapitalize: 'none', autoComplete: 'off' } }
  return (
    <Panel className="max-w-3xl p-4">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) save.mutate()
        }}
      >
        {save.error && <ProblemAlert error={save.error} />}
        <p>Register AIA at your provider with this address, then enter what it gives you.</p>
        <CopyField label="Redirect URI of AIA" value={redirectUri} />
        <TextField
          label="Name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          helperText="People see it on the sign-in page"
          slotProps={plain}
        />
        <TextField
          label="Issuer"
          type="url"
          value={issuer}
          onChange={(event) => setIssuer(event.target.value)}
          helperText="The address under which it publishes its configuration"
          slotProps={plain}
        />
        <TextField label="Client id" value={clientId} onChange={(event) => setClientId(event.target.value)} slotProps={plain} />
        <TextField
          label="Client secret"
          type="password"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
          helperText={sameClient ? 'Stored sealed; leave empty to keep it' : 'Stored sealed; never shown again'}
          slotProps={{ htmlInput: { autoComplete: 'new-password' } }}
        />
        <TextField
          label="Domains"
          value={domains}
          onChange={(event) => setDomains(event.target.value)}
          helperText="Of the addresses it may speak for, such as company.com"
          slotProps={plain}
        />
        <FormControlLabel
          control={<Checkbox checked={joins} onChange={(_, on) => setJoins(on)} />}
          label="Whoever it vouches for becomes a member by signing in"
        />
        {joins && (
          <TextField select label="As" value={role} helperText={roleSays[role]} onChange={(event) => setRole(event.target.value as RoleName)}>
            {roleNames
              .filter((each) => each !== 'owner')
              .map((each) => (
                <MenuItem key={each} value={each}>
                  {humanise(each)}
                </MenuItem>
              ))}
          </TextField>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" variant="contained" disabled={!ready} loading={save.isPending}>
            Ask the provider and save
          </Button>
          {provider && (
            <Button color="error" onClick={() => setForgetting(true)}>
              Take it away
            </Button>
          )}
          {provider && (
            <span className="text-xs text-quiet">
              Saved <Ago at={provider.updated_at} />
            </span>
          )}
        </div>
      </form>
      <ConfirmDialog
        open={forgetting}
        close={() => setForgetting(false)}
        title="Take the provider away?"
        word="remove"
        action="Remove"
        run={() => forget.mutate()}
        busy={forget.isPending}
        error={forget.error}
      >
        Its secret and who is who there are forgotten. People stay members, but those who never had an AIA password cannot sign in until one is set.
        Sessions that are open go on.
      </ConfirmDialog>
    </Panel>
  )
}
