import { getRuntime } from '@/server/runtime'

export const dynamic = 'force-dynamic'

/** OAuth 2.0 Authorization Server Metadata, RFC 8414: the same document under its other name. */
export const GET = async (request: Request) =>
  (await getRuntime()).oauth(new Request(new URL('/.well-known/openid-configuration', request.url), request))
