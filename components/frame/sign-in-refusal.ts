import { formatDuration } from '@/components/ui/format'

/** Why signing in was refused: a problem code, and the seconds to wait where there are some (`rate_limited:30`). */
export function readRefusal(error: string | null | undefined): { code: string; waitS: number | null } {
  const [code = '', wait] = (error ?? '').split(':')
  const seconds = Number(wait)
  return { code, waitS: wait !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : null }
}

/** The same for people. A wrong password and too many tries must not read alike: one is mended by typing, the other by waiting. */
export function refusalText(error: string | null | undefined): string {
  const { code, waitS } = readRefusal(error)
  if (code === 'rate_limited') return `Too many tries. Wait ${waitS === null ? 'a minute' : formatDuration(waitS * 1_000)}, then try again.`
  if (code === 'unauthenticated' || code === 'CredentialsSignin') return 'That email and password do not match. Check both and try again.'
  return 'Signing in failed on the server. Try again in a moment.'
}
