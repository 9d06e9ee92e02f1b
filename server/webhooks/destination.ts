import { OutboundError, refusePrivate } from '../gateway/outbound.ts'
import { type FieldError, problem } from '../gateway/problem.ts'
import { scrub } from '../gateway/scrub.ts'
import type { Services } from '../gateway/services.ts'

const timeoutMs = 10_000
const mostAnswerBytes = 2_000
const mostAnswerCharacters = 500

export interface Outcome {
  at: Date
  durationMs: number
  /** What was answered; null when nothing was. */
  status: number | null
  /** Why it counts as failed, in a sentence; null when it does not. */
  error: string | null
  answer: string | null
}

const isInside = ({ env }: Pick<Services, 'env'>, url: string) => env.webhooksInside.includes(new URL(url).origin)

/** An address inside the network only where the operator said so; every other one is https and outside, checked again where it is connected to. */
function whyRefused(services: Pick<Services, 'env'>, url: string): string | null {
  const { username, password, protocol } = new URL(url)
  if (username || password) return 'A URL with a user name or password is not accepted.'
  if (isInside(services, url)) return null
  if (protocol !== 'https:') return 'The address must be https, unless the operator has named it as one inside the network.'
  try {
    refusePrivate(url)
    return null
  } catch (error) {
    return error instanceof OutboundError ? error.detail : 'Not a URL.'
  }
}

/** @throws problem invalid_input naming the field, for an address that nothing may be sent to */
export function checkDestination(services: Pick<Services, 'env'>, url: string): void {
  const why = whyRefused(services, url)
  const errors: FieldError[] = why ? [{ pointer: '/url', detail: why }] : []
  if (why) throw problem('invalid_input', why, errors)
}

async function send(
  services: Services,
  webhook: { id: string; url: string },
  init: Parameters<Services['outbound']['request']>[1],
): Promise<Response> {
  const why = whyRefused(services, webhook.url)
  if (why) throw new OutboundError('blocked_address', why)
  if (isInside(services, webhook.url))
    return services.outbound.call(webhook.url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  // A circuit of its own: who lets a host fail lets nobody else's messages to it wait.
  return services.outbound.request(webhook.url, init, { maxBytes: mostAnswerBytes, timeoutMs, cut: true, circuit: `webhook ${webhook.id}` })
}

/** The first part of an answer's body, as far as it came. */
async function beginningOf({ body }: Response): Promise<string | null> {
  if (!body) return null
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= mostAnswerBytes) break
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, mostAnswerBytes))
  return scrub(text.replaceAll('\0', '\ufffd')).slice(0, mostAnswerCharacters).toWellFormed() || null
}

function failureOf(status: number): string | null {
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400
    ? `The receiver answered ${status}: it points elsewhere, which is not followed.`
    : `The receiver answered ${status}.`
}

function whyFailed(error: unknown): string {
  if (error instanceof OutboundError) return error.detail
  return (error as Error).name === 'TimeoutError' ? 'The address did not answer in time.' : 'The address cannot be reached.'
}

/** Sends one message once. What goes wrong outside is an outcome, not an error. */
export async function post(
  services: Services,
  webhook: { id: string; url: string },
  body: string,
  headers: Record<string, string>,
): Promise<Outcome> {
  services.database.assertOutsideTransaction('A webhook was sent')
  const at = new Date()
  const startedAt = performance.now()
  const took = () => ({ at, durationMs: Math.round(performance.now() - startedAt) })
  const sent = { 'content-type': 'application/json', 'user-agent': 'AIA/2.0', ...headers }
  try {
    const response = await send(services, webhook, { method: 'POST', headers: sent, body })
    const answer = await beginningOf(response)
    return { ...took(), status: response.status, error: failureOf(response.status), answer }
  } catch (error) {
    return { ...took(), status: null, error: whyFailed(error), answer: null }
  }
}
