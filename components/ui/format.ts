// Figures and times as people read them. Pure: the locale comes in, or is the browser's.

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `5 min. ago`, `yesterday`; under 45 seconds `just now`. Times in ms since the epoch. */
export function relativeTime(at: number, now: number, locale?: string): string {
  const seconds = Math.round((at - now) / 1000)
  const distance = Math.abs(seconds)
  if (distance < 45) return 'just now'
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  for (const [unit, size] of steps) {
    // A unit is taken from its rounding point on: 59.6 minutes are an hour, not 60 minutes.
    if (distance >= size * (unit === 'minute' ? 0.75 : 0.985))
      return format.format(Math.sign(seconds) * Math.max(1, Math.round(distance / size)), unit)
  }
  return 'just now'
}

export const exactTime = (at: number, locale?: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(at)

export const formatNumber = (value: number, digits = 0, locale?: string) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)

export const plural = (count: number, one: string, many: string, locale?: string) => `${formatNumber(count, 0, locale)} ${count === 1 ? one : many}`

/** Decimal units, as operating systems and browsers show files. */
export function formatBytes(bytes: number, locale?: string): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${formatNumber(value, unit === 0 || value >= 100 ? 0 : 1, locale)} ${units[unit]}`
}

/** Milliseconds in the unit that keeps the figure short: `8.3 ms`, `340 ms`, `2.4 s`, `3 min 5 s`. */
export function formatDuration(ms: number, locale?: string): string {
  if (ms < 10) return `${formatNumber(ms, 1, locale)} ms`
  if (ms < 999.5) return `${formatNumber(ms, 0, locale)} ms`
  const seconds = ms / 1000
  if (seconds < 59.95) return `${formatNumber(seconds, 1, locale)} s`
  const whole = Math.round(seconds)
  const rest = whole % 60
  return `${formatNumber(Math.floor(whole / 60), 0, locale)} min${rest ? ` ${rest} s` : ''}`
}

/** A confidence between 0 and 1, always with two decimals; only a true 1 reads 1.00. */
export function formatConfidence(value: number, locale?: string): string {
  const shown = value < 1 ? Math.min(value, 0.99) : 1
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(shown)
}

/** `snake_case`, `kebab-case` and dotted names as words with a capital: `recall_at_5` -> `Recall at 5`. */
export function humanise(name: string): string {
  const words = name
    .replace(/[_\-.]+/g, ' ')
    .replace(/\bndcg\b/i, 'nDCG')
    .trim()
  if (words.startsWith('nDCG')) return words
  return words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1)
}
