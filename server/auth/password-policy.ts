import { isCommonPassword } from './common-passwords.ts'

const shortestNewPassword = 12
/** A name inside a password says nothing when it is short. */
const shortestPart = 4

/**
 * What is wrong with a password that somebody chooses, in words for people; null when nothing is (NIST SP 800-63B-4, 3.1.1.2: length, a list
 * of known passwords and words of the context, no rules about kinds of characters).
 * `context` holds what belongs to the person: address, name, enterprise.
 */
export function weaknessOf(password: string, context: readonly string[] = []): string | null {
  if ([...password].length < shortestNewPassword) return `must have at least ${shortestNewPassword} characters`
  if (new Set(password.toLowerCase()).size < 5) return 'repeats too few characters'
  if (isCommonPassword(password)) return 'is one of the passwords that are tried first'
  const folded = password.toLowerCase()
  const parts = context.flatMap((text) => text.toLowerCase().split(/[\s@._-]+/)).filter((part) => part.length >= shortestPart)
  // What is left after the own names is taken out must itself be long enough to stand for something.
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), folded)
  return rest.length < folded.length && rest.length < 8 ? 'is little more than a name that belongs to you' : null
}
