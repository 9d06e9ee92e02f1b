// The part of oidc-provider 9 that AIA uses; the package brings no types of its own.
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  export interface Prompt {
    name: string
    details: { missingOIDCScope?: string[]; missingResourceScopes?: Record<string, string[]> }
  }
  export interface Interaction {
    uid: string
    returnTo: string
    prompt: Prompt
    params: Record<string, string | undefined>
    grantId?: string
    session?: { accountId?: string }
    result?: Record<string, unknown>
    exp: number
    save(ttl: number): Promise<unknown>
  }
  export interface Grant {
    jti: string
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }
  export interface Token {
    kind: string
    accountId?: string
    clientId: string
    grantId?: string
    scope?: string
  }
  export interface Client {
    clientId: string
    grantTypeAllowed(type: string): boolean
    compareClientSecret(actual: string): boolean | Promise<boolean>
    [metadata: string]: unknown
  }
  export interface OidcContext {
    route: string
    client?: Client
    params?: Record<string, string | undefined>
    entities: { AccessToken?: Token; ClientCredentials?: Token; RefreshToken?: Token }
    session?: { accountId?: string; grantIdFor(clientId: string): string | undefined }
    result?: { consent?: { grantId?: string }; login?: { accountId: string } }
  }
  export interface Context {
    req: IncomingMessage
    res: ServerResponse
    path: string
    status: number
    body: unknown
    type: string
    oidc?: OidcContext
  }
  export class Provider {
    constructor(issuer: string, configuration: object)
    proxy: boolean
    readonly Client: { prototype: Client; find(id: string): Promise<Client | undefined> }
    readonly Grant: { new (values: { accountId: string; clientId: string }): Grant; find(id: string): Promise<Grant | undefined> }
    callback(): RequestListener
    use(middleware: (ctx: Context, next: () => Promise<void>) => Promise<void>): void
    on(event: string, listener: (ctx: Context, error: Error) => void): void
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
  }
  export const interactionPolicy: {
    base(): { get(name: string): { checks: { add(check: unknown): void } } }
    Check: {
      new (reason: string, description: string, error: string, check: (ctx: Context) => boolean): unknown
      REQUEST_PROMPT: boolean
      NO_NEED_TO_PROMPT: boolean
    }
  }
  export default Provider
}
