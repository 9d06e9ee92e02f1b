import * as client from 'openid-client'
import { OutboundError } from '../../gateway/outbound.ts'
import { problem } from '../../gateway/problem.ts'
import type { Services } from '../../gateway/services.ts'

const timeoutMs = 10_000
const maxBytes = 1024 * 1024

/** An issuer inside the network only where the operator said so; every other one is https and outside, checked where it is connected to. */
const isInside = ({ env }: Pick<Services, 'env'>, url: string) => env.oidcInside.includes(new URL(url).origin)

const guardedFetch =
  (services: Services): client.CustomFetch =>
  async (url, options) => {
    const body = options.body === undefined || options.body === null ? null : String(options.body)
    const init = { method: options.method, headers: options.headers, body }
    if (isInside(services, url)) return services.outbound.call(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    if (!url.startsWith('https:')) throw new OutboundError('bad_url', 'A provider outside the network must be reached by https.')
    return services.outbound.request(url, init, { maxBytes, timeoutMs })
  }

/**
 * What an OpenID provider says about itself (OpenID Connect Discovery 1.0), for a client of ours there.
 * @throws problem invalid_input when it cannot be reached, may not be reached, or is not what it says
 */
export async function relyingParty(
  services: Services,
  { issuer, clientId, clientSecret }: { issuer: string; clientId: string; clientSecret: string },
): Promise<client.Configuration> {
  try {
    return await client.discovery(new URL(issuer), clientId, clientSecret, client.ClientSecretBasic(clientSecret), {
      [client.customFetch]: guardedFetch(services),
      timeout: timeoutMs / 1_000,
      ...(isInside(services, issuer) ? { execute: [client.allowInsecureRequests] } : {}),
    })
  } catch (error) {
    const cause = error instanceof OutboundError ? error : (error as { cause?: unknown }).cause
    const why = cause instanceof OutboundError ? cause.detail : 'It does not answer as an OpenID provider of this name.'
    throw problem('invalid_input', `The provider cannot be used. ${why}`, [{ pointer: '/issuer', detail: why }])
  }
}
