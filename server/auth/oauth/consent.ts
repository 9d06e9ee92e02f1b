import { eq } from 'drizzle-orm'
import type { Interaction, Provider } from 'oidc-provider'
import { z } from 'zod'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { rightsOf } from '../../gateway/decide.ts'
import { permissions } from '../../gateway/permissions.ts'
import { problem } from '../../gateway/problem.ts'
import { oauthClients } from '../tables.ts'
import type { OauthCall } from './call.ts'
import { identityScopes } from './clients.ts'
import { outside } from './door-request.ts'
import { answerByNode } from './node-bridge.ts'
import { apiResource, oauthProvider } from './provider.ts'
import { storedTogether } from './records.ts'

const decision = z.strictObject({ decision: z.enum(['allow', 'deny']) })

/** What a program asks a person for. */
export interface Asked {
  client: { name: string; redirect_host: string }
  person: { name: string; email: string }
  enterprise: { name: string }
  /** Permissions it would get; those the person has. */
  permissions: string[]
  /** Identity scopes: name, address, staying signed in. */
  identity: string[]
}

/** The interaction that this very browser began: its cookie, set by the provider, must name it. */
async function interactionOf({ services }: OauthCall, request: Request): Promise<{ provider: Provider; interaction: Interaction }> {
  const provider = await oauthProvider(services)
  let interaction: Interaction | undefined
  await answerByNode(
    async (incoming, outgoing) => {
      interaction = await provider.interactionDetails(incoming, outgoing).catch(() => undefined)
      outgoing.end()
    },
    outside(services, new Request(request.url, { headers: request.headers })),
    new Uint8Array(),
    { address: '' },
  )
  if (!interaction) throw problem('not_found', 'This request has expired. Go back to the program and start again.')
  return { provider, interaction }
}

async function asked(call: OauthCall, request: Request) {
  const { caller, services } = call
  if (!caller) throw problem('unauthenticated', 'Sign in first.')
  if (caller.impersonator) throw problem('forbidden', 'Nobody may sign in to a program under another person’s name.')
  const { provider, interaction } = await interactionOf(call, request)
  const [client] = await services.database.identity((tx) =>
    tx
      .select()
      .from(oauthClients)
      .where(eq(oauthClients.clientId, interaction.params.client_id ?? '')),
  )
  if (!client) throw problem('not_found', 'The program that asks is not known any more.')
  if (client.enterpriseId !== caller.enterpriseId)
    throw problem('forbidden', 'This program belongs to another enterprise. Switch to that enterprise, then go back to the program and start again.')
  const scopes = (interaction.params.scope ?? '').split(' ')
  const rights = rightsOf(caller.role, caller.partnerLevel)
  return {
    caller,
    client,
    provider,
    interaction,
    identity: identityScopes.filter((scope) => scopes.includes(scope)),
    // A program never gets more than the person has.
    permissions: permissions.filter((permission) => scopes.includes(permission) && rights.includes(permission)),
  }
}

export async function readInteraction(call: OauthCall, request: Request): Promise<Asked> {
  const { caller, client, interaction, identity, permissions: wanted } = await asked(call, request)
  return {
    client: { name: client.name, redirect_host: new URL(interaction.params.redirect_uri ?? 'about:blank').host },
    person: { name: caller.name, email: caller.email },
    enterprise: { name: caller.enterpriseName },
    permissions: wanted,
    identity,
  }
}

/** Stores the person's decision and says where the browser goes on. */
export async function answerInteraction(call: OauthCall, request: Request, body: Uint8Array): Promise<{ redirect: string }> {
  let given: unknown
  try {
    given = JSON.parse(new TextDecoder().decode(body))
  } catch {
    throw problem('invalid_input', 'The body must be JSON.')
  }
  const parsed = decision.safeParse(given)
  if (!parsed.success) throw problem('invalid_input', 'decision: allow or deny', [{ pointer: '/decision', detail: 'allow or deny' }])
  const { caller, client, provider, interaction, identity, permissions: wanted } = await asked(call, request)
  const { services } = call
  const allowed = parsed.data.decision === 'allow'
  await storedTogether(services, async (tx) => {
    if (allowed) {
      const grant = new provider.Grant({ accountId: caller.personId, clientId: client.clientId })
      grant.addOIDCScope([...identity, ...wanted].join(' '))
      if (wanted.length > 0) grant.addResourceScope(apiResource(services), wanted.join(' '))
      const grantId = await grant.save()
      interaction.result = { login: { accountId: caller.personId }, consent: { grantId } }
    } else interaction.result = { error: 'access_denied', error_description: 'The person said no.' }
    await interaction.save(Math.max(1, interaction.exp - Math.floor(Date.now() / 1_000)))
    await appendAudit(tx, services, {
      ...auditSource({ ...call, caller }),
      operation: allowed ? 'oauth.allow' : 'oauth.deny',
      target: client.id,
      detail: { permissions: wanted },
    })
  })
  return { redirect: interaction.returnTo }
}
