import NextAuth from 'next-auth'
import { browserSessionOptions, getRuntime } from '@/server/runtime'

const handle = async (request: Request, context: { params: Promise<{ nextauth: string[] }> }) =>
  NextAuth(request as never, context as never, browserSessionOptions((await getRuntime()).services, request.headers)) as Promise<Response>

export { handle as GET, handle as POST }
