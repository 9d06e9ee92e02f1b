'use client'
import { IconButton, Tooltip } from '@mui/material'
import { Minus, Plus } from 'lucide-react'

const steps = [
  { label: 'Nearer', icon: Plus, factor: 1.6 },
  { label: 'Further away', icon: Minus, factor: 1 / 1.6 },
] as const

/** What two fingers or a wheel do, for one finger and for switches (WCAG 2.1, 2.5.1). */
export function ZoomButtons({ onZoom }: { onZoom: (factor: number) => void }) {
  return (
    <div className="absolute right-3 bottom-3 flex flex-col overflow-hidden rounded-md border border-line bg-panel">
      {steps.map(({ label, icon: Icon, factor }) => (
        <Tooltip key={label} title={label} placement="left">
          <IconButton aria-label={label} onClick={() => onZoom(factor)}>
            <Icon size={17} aria-hidden />
          </IconButton>
        </Tooltip>
      ))}
    </div>
  )
}
