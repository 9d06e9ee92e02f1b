import { useId } from 'react'

/** The mark of AIA: atoms joined by pathways. */
export function Mark({ size = 22 }: { size?: number }) {
  const id = useId()
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} aria-hidden className="shrink-0">
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="var(--mui-palette-aia-ok)" />
          <stop offset="0.5" stopColor="var(--mui-palette-aia-accent)" />
          <stop offset="1" stopColor="var(--mui-palette-aia-domain3)" />
        </linearGradient>
      </defs>
      <rect width="24" height="24" rx="6" fill={`url(#${id})`} />
      <g stroke="var(--mui-palette-aia-onAccent)" strokeWidth="1.6" fill="var(--mui-palette-aia-onAccent)">
        <path d="M7 16.5 12 7l5 9.5M9 13h6" fill="none" strokeLinecap="round" />
        <circle cx="12" cy="7" r="1.8" stroke="none" />
        <circle cx="7" cy="16.5" r="1.8" stroke="none" />
        <circle cx="17" cy="16.5" r="1.8" stroke="none" />
      </g>
    </svg>
  )
}
