import { apiReference } from '@/server/documents'

export const dynamic = 'force-dynamic'

export const GET = (request: Request) => apiReference(request, 'redoc')
