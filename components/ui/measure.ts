import { formatBytes, formatDuration, formatNumber } from './format'

/** A measured figure in its unit. Without data it says so. */
export function metricText({ value, unit }: { value: number | null; unit: string }, locale?: string): string {
  if (value === null) return 'No data'
  if (unit === 'ms') return formatDuration(value, locale)
  if (unit === 'bytes') return formatBytes(value, locale)
  if (unit === 'percent' || unit === '%') return `${formatNumber(value, 1, locale)} %`
  if (unit === 'ratio' || unit === '' || unit === '1')
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 3 }).format(value)
  if (unit === 'count') return formatNumber(value, Number.isInteger(value) ? 0 : 1, locale)
  return `${formatNumber(value, Number.isInteger(value) ? 0 : 2, locale)} ${unit}`
}
