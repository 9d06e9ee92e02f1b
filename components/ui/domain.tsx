// Domains look the same everywhere: a colour and a shape, both taken from the name, always beside the name.

const colourClasses = [
  'text-domain-0',
  'text-domain-1',
  'text-domain-2',
  'text-domain-3',
  'text-domain-4',
  'text-domain-5',
  'text-domain-6',
  'text-domain-7',
] as const

/** Outlines in a square of 12: SVG here, canvas and shader in the graph. */
export const shapes = [
  'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z',
  'M1.5 1.5h9v9h-9z',
  'M6 .5 11.5 6 6 11.5.5 6z',
  'M6 1l5.5 9.8H.5z',
  'M3.2 1h5.6L11.6 6 8.8 11H3.2L.4 6z',
  'M6 11 .5 1.2h11z',
  'M4.2.8h3.6v3.4h3.4v3.6H7.8v3.4H4.2V7.8H.8V4.2h3.4z',
  'M6 .4l1.7 3.7 4 .4-3 2.7.9 4L6 9.1l-3.6 2.1.9-4-3-2.7 4-.4z',
] as const

/** FNV-1a (32 bit): the same name always gets the same of the 64 pairs of colour and shape. */
export function domainSlot(name: string): { colour: number; shape: number } {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0
  hash = (hash ^ (hash >>> 15)) >>> 0
  return { colour: hash % 8, shape: (hash >>> 3) % 8 }
}

export function ShapeMark({ shape, size = 10, className = 'text-quiet' }: { shape: number; size?: number; className?: string | undefined }) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden className={`inline-block shrink-0 ${className}`}>
      <path d={shapes[shape]} fill="currentColor" />
    </svg>
  )
}

/** A domain's mark; in the graph the shape is that of the kind instead. */
export function DomainMark({ name, size = 10, shape }: { name: string; size?: number; shape?: number }) {
  const own = domainSlot(name)
  return <ShapeMark shape={shape ?? own.shape} size={size} className={colourClasses[own.colour]} />
}

export function DomainTag({ name }: { name: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 rounded-sm border border-line px-1.5 py-0.5 text-xs text-quiet">
      <DomainMark name={name} />
      <span className="truncate">{name}</span>
    </span>
  )
}
