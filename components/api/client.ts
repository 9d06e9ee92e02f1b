import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { RouterClient } from '@orpc/server'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import type { Api } from '@/server/api'
import { call, ownHeaders } from './call'

/** Every operation, called as a function; failures are Problems. */
export const client: RouterClient<Api> = createORPCClient(
  new RPCLink({ url: () => `${location.origin}/rpc`, headers: () => ({ ...ownHeaders }), fetch: call }),
)

/** The same operations as TanStack Query options. */
export const orpc = createTanstackQueryUtils(client)
