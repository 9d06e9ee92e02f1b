import { getRuntime } from '@/server/runtime'

export const dynamic = 'force-dynamic'

/** Readiness: every part with its adapter and state; 503 while one is not ready. */
export async function GET() {
  const parts = await (await getRuntime()).parts()
  const ready = Object.values(parts).every((part) => part.ready)
  return Response.json({ ready, parts }, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
