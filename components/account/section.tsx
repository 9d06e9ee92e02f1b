import type { ReactNode } from 'react'

/** A part of the account page: what it is, how it stands, and what can be done. */
export function Section({ title, says, action, children }: { title: string; says: ReactNode; action?: ReactNode; children?: ReactNode }) {
  return (
    <section aria-label={title}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h2 className="font-semibold">{title}</h2>
          <div className="text-quiet">{says}</div>
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}
