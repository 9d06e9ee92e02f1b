import type { GraphCamera } from '@/components/graph/graph-data'
import type { UrlChanges } from '@/components/ui/url-state'
import { type ColumnName, columnNames, type Order } from './rows'
import type { Filters, Range } from './sift'
import { type TreeOrder, treeOrders } from './tree'

export const views = ['3d', '2d', 'table', 'tree'] as const
export type View = (typeof views)[number]

/** Everything the graph place shows, as its address says it. Atoms are named by id. The selected atom is `?atom=`, as everywhere. */
export interface GraphView {
  view: View
  filters: Filters
  atom: string | null
  focus: string | null
  /** How many pathways from the focus are shown. */
  depth: number
  from: string | null
  to: string | null
  /** Communities are drawn as one node each. */
  grouped: boolean
  /** An atom of the community that is picked among them. */
  group: string | null
  /** An atom of the community that is open: only its members are shown. */
  community: string | null
  /** Atoms whose neighbours are shown whatever the filters say. */
  expanded: readonly string[]
  order: Order
  tree: TreeOrder
  /** The table stands beside the picture. */
  list: boolean
  camera: GraphCamera | null
  /** Enterprise that a shared link was made in. */
  enterprise: string | null
}

export const deepest = 4
const oneOf = <T extends string>(value: string | null, all: readonly T[], otherwise: T): T => all.find((one) => one === value) ?? otherwise
const number = (value: string | null): number | null =>
  value !== null && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null
const time = (value: string | null): number | null => number(value === null ? null : String(Date.parse(value)))

/** An address may say anything: what makes no sense is as if it were not there. */
export function readView(params: Pick<URLSearchParams, 'get' | 'getAll'>): GraphView {
  const order = params.get('sort') ?? '-weight'
  const text = (name: string) => params.get(name) || null
  return {
    view: oneOf(params.get('view'), views, '3d'),
    filters: {
      q: (params.get('q') ?? '').slice(0, 300),
      domains: params.getAll('domain'),
      kinds: params.getAll('kind'),
      pathways: params.getAll('pathway'),
      source: text('source'),
      weight: { from: number(params.get('weight_from')), to: number(params.get('weight_to')) },
      time: { from: time(params.get('since')), to: time(params.get('until')) },
    },
    atom: text('atom'),
    focus: text('focus'),
    depth: Math.min(deepest, Math.max(1, Math.round(number(params.get('depth')) ?? 1))),
    from: text('from'),
    to: text('to'),
    grouped: params.get('groups') === '1',
    group: text('group'),
    community: text('community'),
    expanded: params.getAll('expand'),
    order: { column: oneOf<ColumnName>(order.replace(/^-/, ''), columnNames, 'weight'), down: order.startsWith('-') },
    tree: oneOf(params.get('by'), treeOrders, 'community'),
    list: params.get('list') === '1',
    camera: readCamera(params.get('camera')),
    enterprise: text('enterprise'),
  }
}

const range = ({ from, to }: Range, write: (value: number) => string): [string | null, string | null] => [
  from === null ? null : write(from),
  to === null ? null : write(to),
]
const isoTime = (at: number) => new Date(at).toISOString()

/** What has to change in the address for these filters. */
export function writeFilters(filters: Partial<Filters>): UrlChanges {
  const changes: Record<string, string | null | readonly string[]> = {}
  if (filters.q !== undefined) changes.q = filters.q || null
  if (filters.domains) changes.domain = filters.domains
  if (filters.kinds) changes.kind = filters.kinds
  if (filters.pathways) changes.pathway = filters.pathways
  if (filters.source !== undefined) changes.source = filters.source
  if (filters.weight) [changes.weight_from, changes.weight_to] = range(filters.weight, String)
  if (filters.time) [changes.since, changes.until] = range(filters.time, isoTime)
  return changes
}

export const writeOrder = ({ column, down }: Order): UrlChanges => ({ sort: column === 'weight' && down ? null : `${down ? '-' : ''}${column}` })

/** A camera as seven numbers: eye, target, pixels a unit. Four digits are less than a pixel away. */
export function writeCamera({ eye, target, zoom }: GraphCamera): string {
  return [...eye, ...target, zoom].map((value) => String(Number(value.toPrecision(4)))).join(',')
}

function readCamera(text: string | null): GraphCamera | null {
  const [x, y, z, tx, ty, tz, zoom, ...rest] = (text ?? '').split(',').map((part) => number(part))
  const wrong = (value: number | null | undefined): value is null | undefined => value === null || value === undefined || Math.abs(value) > 1e7
  if (wrong(x) || wrong(y) || wrong(z) || wrong(tx) || wrong(ty) || wrong(tz) || wrong(zoom) || zoom <= 0 || rest.length > 0) return null
  return { eye: [x, y, z], target: [tx, ty, tz], zoom }
}
