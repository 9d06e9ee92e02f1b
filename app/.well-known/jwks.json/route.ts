import { publicKeySet } from '@/server/documents'

export const dynamic = 'force-dynamic'

/** The keys that sign access tokens (RFC 7517). */
export const GET = () => publicKeySet()
