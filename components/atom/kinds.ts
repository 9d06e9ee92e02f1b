import type { PathwayKind } from '@/components/api/types'

type KindLook = { label: string; incoming: string; says: string; stroke: string; dash?: string; text: string }

/** How each kind of pathway is named and drawn. Kinds differ by dash as well as by colour. */
export const kindLooks: Record<PathwayKind, KindLook> = {
  contains: {
    label: 'Contains',
    incoming: 'Contained in',
    says: 'One stands inside the other in a source',
    stroke: 'stroke-domain-7',
    text: 'text-domain-7',
  },
  references: {
    label: 'References',
    incoming: 'Referenced by',
    says: 'A link or an identifier points there',
    stroke: 'stroke-domain-0',
    text: 'text-domain-0',
  },
  mentions: {
    label: 'Mentions',
    incoming: 'Mentioned by',
    says: 'The title of one is named in the text of the other',
    stroke: 'stroke-domain-2',
    dash: '6 3',
    text: 'text-domain-2',
  },
  related: {
    label: 'Related',
    incoming: 'Related from',
    says: 'The source itself declares the relation',
    stroke: 'stroke-domain-1',
    dash: '10 3 2 3',
    text: 'text-domain-1',
  },
  similar: {
    label: 'Similar (inferred)',
    incoming: 'Similar (inferred)',
    says: 'Inferred from shared words; no source says it',
    stroke: 'stroke-domain-3',
    dash: '2 3',
    text: 'text-domain-3',
  },
}

export const kindOrder: readonly PathwayKind[] = ['contains', 'references', 'related', 'mentions', 'similar']

/** Evidence of a pathway in one line of plain words. */
export function evidenceText(evidence: Record<string, unknown>): string {
  const show = (value: unknown): string => {
    if (value === null || value === undefined || value === '') return ''
    if (Array.isArray(value)) return value.map(show).filter(Boolean).slice(0, 8).join(', ')
    if (typeof value === 'object') return Object.values(value).map(show).filter(Boolean).join(' ')
    if (typeof value === 'number') return String(Math.round(value * 1000) / 1000)
    return String(value)
  }
  return Object.entries(evidence)
    .filter(([name]) => !/(^|_)ids?$|^(start|end)$/.test(name))
    .map(([name, value]) => {
      const text = show(value)
      return text ? `${name.replaceAll('_', ' ')}: ${text}` : ''
    })
    .filter(Boolean)
    .join(' · ')
}
