import { getRuntime } from '@/server/runtime'

const handle = async (request: Request) => (await getRuntime()).doors.rpc(request)

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT }
