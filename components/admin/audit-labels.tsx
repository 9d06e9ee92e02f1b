import { Badge, type Tone } from '@/components/ui/badge'
import { humanise } from '@/components/ui/format'

const tones: Record<string, Tone> = { done: 'ok', refused: 'attention', failed: 'danger' }

export const OutcomeBadge = ({ outcome }: { outcome: string }) => <Badge tone={tones[outcome] ?? 'idle'}>{humanise(outcome)}</Badge>

/** How an actor is called: by name today, by what it is, or as erased. */
export function whoName({ id, name }: { id: string; name: string | null }): string {
  if (name) return name
  if (id === 'system') return 'AIA itself'
  if (id === 'anonymous') return 'Not signed in'
  return `Unknown or erased (${id.slice(0, 8)})`
}
