import { scrub } from '../gateway/scrub.ts'

const longest = 300

/** Why something failed, for an administrator: the first line of the deepest cause, without a statement's values. The log has the whole. */
export function reasonOf(error: unknown): string {
  let at = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  const text = at instanceof Error ? at.message : String(at)
  return scrub(text.split('\n', 1)[0] ?? '').slice(0, longest) || 'It failed without saying why.'
}
