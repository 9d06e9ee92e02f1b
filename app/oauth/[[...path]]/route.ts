import { getRuntime } from '@/server/runtime'

const handle = async (request: Request) => (await getRuntime()).oauth(request)

export { handle as GET, handle as HEAD, handle as OPTIONS, handle as POST }
