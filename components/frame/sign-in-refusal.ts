import { formatDuration } from '@/components/ui/format'

export type FactorMethod = 'otp' | 'recovery_code' | 'passkey'
const methods: readonly FactorMethod[] = ['otp', 'recovery_code', 'passkey']

/**
 * Why signing in was refused: a problem code, and after a colon the seconds to wait (`rate_limited:30`) or the ways to prove a second
 * factor (`mfa_required:otp+passkey`).
 */
export function readRefusal(error: string | null | undefined): { code: string; waitS: number | null; methods: FactorMethod[] } {
  const [code = '', more = ''] = (error ?? '').split(':')
  const seconds = Number(more)
  const named = more.split('+')
  return { code, waitS: Number.isFinite(seconds) && seconds > 0 ? seconds : null, methods: methods.filter((method) => named.includes(method)) }
}

/** The same for people. A wrong password, a wrong code and too many tries must not read alike: the last is mended by waiting only. */
export function refusalText(error: string | null | undefined): string {
  const { code, waitS } = readRefusal(error)
  if (code === 'rate_limited') return `Too many tries. Wait ${waitS === null ? 'a minute' : formatDuration(waitS * 1_000)}, then try again.`
  if (code === 'mfa_refused') return 'That code is wrong or was used already. Enter the one that is shown now.'
  if (code === 'passkey_refused') return 'This passkey does not open an account here. Sign in with your password.'
  if (code === 'unauthenticated' || code === 'CredentialsSignin') return 'That email and password do not match. Check both and try again.'
  return 'Signing in failed on the server. Try again in a moment.'
}
