'use client'
import { Button, Skeleton } from '@mui/material'
import { RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { toProblem } from '@/components/api/problem'

/** What is shown where a list or a thing could not be loaded. */
export function ErrorState({ error, onRetry, title = 'This could not be loaded' }: { error: unknown; onRetry?: () => void; title?: string }) {
  const problem = toProblem(error)
  return (
    <div role="alert" className="flex flex-col items-start gap-2 rounded-md border border-line bg-panel p-4">
      <p className="flex items-center gap-2 font-semibold">
        <TriangleAlert size={16} className="shrink-0 text-danger" aria-hidden />
        {title}
      </p>
      <p className="text-quiet">{problem.message}</p>
      {problem.requestId && (
        <p className="text-xs text-quiet">
          Request <code className="font-mono break-all select-all">{problem.requestId}</code>
        </p>
      )}
      {onRetry && (
        <Button variant="outlined" startIcon={<RotateCw size={15} aria-hidden />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

/** An empty list: what is missing, and the one next step. */
export function EmptyState({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-12 text-center">
      {icon && (
        <span className="mb-1 text-quiet" aria-hidden>
          {icon}
        </span>
      )}
      <p className="text-base font-semibold">{title}</p>
      {children && <div className="max-w-md text-quiet">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}

export function SkeletonRows({ rows = 6, height = 44, label = 'Loading' }: { rows?: number; height?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-px">
      {Array.from({ length: rows }, (_, index) => index).map((row) => (
        <div key={row} className="flex items-center gap-4 border-b border-line px-3" style={{ height }}>
          <Skeleton variant="rounded" width={`${38 + ((row * 17) % 30)}%`} height={12} />
          <span className="grow" />
          <Skeleton variant="rounded" width={64} height={12} />
        </div>
      ))}
    </div>
  )
}
