import { keptMs } from './view'

/** Two moments, in milliseconds since 1970. */
export interface Moments {
  from: number
  to: number
}
type Texts = Readonly<Record<keyof Moments, string>>

export const keptText = 'Figures are kept for 30 days.'
const dayMs = 86_400_000

/** What a datetime-local field takes: the person's own time, to the minute. */
const localTime = (at: number) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

export const textsOf = ({ from, to }: Moments): Texts => ({ from: localTime(from), to: localTime(to) })

/** The moments that two fields name; a field that was left alone keeps its seconds. NaN for what names none. */
export function momentsIn(texts: Texts, before: Moments): Moments {
  const at = (end: keyof Moments) => (texts[end] === localTime(before[end]) ? before[end] : Date.parse(texts[end]))
  return { from: at('from'), to: at('to') }
}

/** What is wrong with two moments, at the field where it is to be put right. */
export function faultsOf({ from, to }: Moments, now: number): Partial<Record<keyof Moments, string>> {
  if (Number.isNaN(from)) return { from: 'Give a day and a time.' }
  if (Number.isNaN(to)) return { to: 'Give a day and a time.' }
  if (to <= now - keptMs) return { to: keptText }
  // The same grace as the server has: whoever chooses the last thirty days chose a moment ago.
  if (from < now - keptMs - 3_600_000) return { from: keptText }
  if (from >= now) return { from: 'This is still to come.' }
  if (to > now + dayMs) return { to: 'This is more than a day ahead.' }
  if (from >= to) return { to: 'This must be after “From”.' }
  return {}
}

/** The part of a range that can be kept; null where all of it is too old. */
export function keptPart({ from, to }: Moments, now: number): Moments | null {
  const oldest = now - keptMs
  return to <= oldest ? null : { from: Math.max(from, oldest), to }
}
