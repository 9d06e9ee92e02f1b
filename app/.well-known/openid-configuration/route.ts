import { getRuntime } from '@/server/runtime'

export const dynamic = 'force-dynamic'

/** OpenID Connect Discovery 1.0. */
export const GET = async (request: Request) => (await getRuntime()).oauth(request)
