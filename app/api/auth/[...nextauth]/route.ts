import NextAuth from 'next-auth'
import { browserSessionOptions, dropKept, getRuntime } from '@/server/runtime'

const handle = async (request: Request, context: { params: Promise<{ nextauth: string[] }> }) => {
  const options = browserSessionOptions((await getRuntime()).services, request.headers)
  const answer = (await NextAuth(request as never, context as never, options)) as Response
  if (request.method === 'POST' && (await context.params).nextauth[0] === 'signout') dropKept(answer.headers)
  return answer
}

export { handle as GET, handle as POST }
