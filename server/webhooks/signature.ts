import { createHmac, randomBytes } from 'node:crypto'

// Standard Webhooks 1.0.0 (standardwebhooks.com), "Signature scheme" and "Webhook headers".
const prefix = 'whsec_'
const secretBytes = 32

export const newSecret = (): string => prefix + randomBytes(secretBytes).toString('base64')

/** The headers of one attempt: signed by each secret, so that a receiver may know either. */
export function signedHeaders(secrets: readonly string[], message: { id: string; at: Date; body: string }): Record<string, string> {
  const timestamp = String(Math.floor(message.at.getTime() / 1_000))
  const content = `${message.id}.${timestamp}.${message.body}`
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
  })
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
