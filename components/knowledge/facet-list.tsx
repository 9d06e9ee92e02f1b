'use client'
import { Button } from '@mui/material'
import { type ReactNode, useState } from 'react'
import { formatNumber } from '@/components/ui/format'

type Props = {
  title: string
  values: { value: string; count: number }[] | undefined
  active: string | undefined
  onPick: (value: string | null) => void
  mark?: (value: string) => ReactNode
  label?: (value: string) => string
}

const shownFirst = 10

/** Values of one property with how many atoms have them; choosing one filters, choosing it again takes the filter away. */
export function FacetList({ title, values, active, onPick, mark, label = (value) => value }: Props) {
  const [all, setAll] = useState(false)
  if (!values || values.length === 0) return null
  const shown = all ? values : values.slice(0, shownFirst)
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-1 px-2 text-xs font-semibold text-quiet">{title}</h2>
      <ul className="flex gap-1 overflow-x-auto @4xl:flex-col @4xl:gap-0 @4xl:overflow-visible">
        {shown.map(({ value, count }) => (
          <li key={value} className="shrink-0">
            <button
              type="button"
              aria-pressed={value === active}
              onClick={() => onPick(value === active ? null : value)}
              className={`flex h-8 w-full items-center gap-2 rounded-md px-2 text-left touch:h-11 max-sm:border max-sm:border-line ${value === active ? 'bg-raised font-medium text-ink' : 'text-quiet hover:bg-raised/60 hover:text-ink'}`}
            >
              {mark?.(value)}
              <span className="min-w-0 grow truncate" title={label(value)}>
                {label(value)}
              </span>
              <span className="text-xs">{formatNumber(count)}</span>
            </button>
          </li>
        ))}
        {values.length > shownFirst && (
          <li className="shrink-0">
            <Button onClick={() => setAll(!all)} aria-expanded={all}>
              {all ? 'Fewer' : `${formatNumber(values.length - shownFirst)} more`}
            </Button>
          </li>
        )}
      </ul>
    </section>
  )
}
