import { CircleAlert, CircleCheck, Clock, LoaderCircle } from 'lucide-react'
import type { Source, SourceState } from '@/components/api/types'
import { Badge, type Tone } from '@/components/ui/badge'
import { formatNumber } from '@/components/ui/format'

export const stateLooks: Record<SourceState, { label: string; tone: Tone; Icon: typeof Clock }> = {
  queued: { label: 'Queued', tone: 'idle', Icon: Clock },
  processing: { label: 'Reading', tone: 'info', Icon: LoaderCircle },
  ready: { label: 'Ready', tone: 'ok', Icon: CircleCheck },
  failed: { label: 'Failed', tone: 'danger', Icon: CircleAlert },
}

export function SourceStateBadge({ source }: { source: Source }) {
  const { label, tone, Icon } = stateLooks[source.state]
  const { done, total } = source.progress
  return (
    <Badge tone={tone} icon={<Icon size={13} aria-hidden className={source.state === 'processing' ? 'animate-spin' : ''} />}>
      {label}
      {source.state === 'processing' && total > 0 && ` ${formatNumber(done)} / ${formatNumber(total)}`}
    </Badge>
  )
}
