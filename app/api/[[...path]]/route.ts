import { getRuntime } from '@/server/runtime'

const handle = async (request: Request) => (await getRuntime()).doors.rest(request)

export { handle as DELETE, handle as GET, handle as HEAD, handle as OPTIONS, handle as PATCH, handle as POST, handle as PUT }
