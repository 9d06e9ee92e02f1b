import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { postJson } from '@/components/api/call'
import { client } from '@/components/api/client'

type Registration = Parameters<typeof startRegistration>[0]['optionsJSON']
type Authentication = Parameters<typeof startAuthentication>[0]['optionsJSON']
type NewPasskey = Parameters<typeof client.auth.addPasskey>[0]['response']
type Assertion = Parameters<typeof client.auth.loginPasskey>[0]['response']

/** The person closed the browser's own dialog; nothing has to be said about it. */
export const wasDismissed = (error: unknown) => error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')

/** Lets the browser make a passkey, and gives what the server keeps. */
export async function makePasskey(): Promise<NewPasskey> {
  const optionsJSON = (await client.auth.beginPasskey({})) as unknown as Registration
  return (await startRegistration({ optionsJSON })) as NewPasskey
}

/** Lets the browser prove a passkey. Works for nobody too, so it goes by the REST door: the browser's client would report an ended session. */
export async function provePasskey(): Promise<Assertion> {
  const optionsJSON = await postJson<Authentication>('/api/v1/auth/passkeys/challenge', {})
  return (await startAuthentication({ optionsJSON })) as Assertion
}
