import { openapiDocument } from '@/server/documents'

export const dynamic = 'force-dynamic'

export const GET = (request: Request) => openapiDocument(request, '3.0')
