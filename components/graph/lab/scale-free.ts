import type { PathwayKind } from '@/components/api/types'
import { spread } from '@/server/neural/graph/layout/start'
import { seededRandom } from '@/server/neural/ranking/random'
import type { GraphData } from '../graph-data'

const pathwayKindNames: readonly PathwayKind[] = ['contains', 'references', 'mentions', 'related', 'similar']

const kindNames = ['document', 'section', 'paragraph', 'package', 'control', 'row', 'resource'] as const
const domainNames = ['', 'Security', 'Payments', 'Logistics', 'Legal', 'Research', 'People', 'Energy', 'Software'] as const
const words =
  'access audit backup carrier claim contract control customs depot escrow grid harbour invoice key ledger meter permit pilot port policy'.split(' ')
const firstTime = Date.UTC(2024, 0, 1)
const span = 700 * 24 * 3_600_000

// Names that a scene, a table and a walk must bear.
const hardNames = [
  'The “Harbour” & <b>Pilots</b> \'quoted\' "twice"',
  '🚢 Fleet 👩🏽‍🔧 of 2026 🇳🇴',
  'منارة الميناء القديم',
  'מגדלור הנמל הישן',
  '港口灯塔',
  `A name of three hundred characters ${'that goes on and on '.repeat(14)}`.slice(0, 300).replace(/ $/, '.').padEnd(300, '.'),
] as const

export interface LabGraph {
  nodes: number
  edges: number
  seed: number
}

/** The most edges that so many nodes can have without two of them joining the same two nodes. */
export const mostEdges = (nodes: number): number => (nodes > 1 ? (nodes * (nodes - 1)) / 2 : 0)

/**
 * A scale-free graph by preferential attachment (Barabási and Albert, 1999), three of four edges within a community: few nodes with very many edges,
 * many with few. The same seed gives the same graph, to the bit. Exactly as many nodes as asked for, and edges up to `mostEdges`; none joins a node to itself.
 */
export function scaleFreeGraph({ nodes: count, edges: wanted, seed }: LabGraph): GraphData {
  const random = seededRandom(seed)
  const edgeCount = Math.min(wanted, mostEdges(count))
  const joined = communitiesBySize(count, random)
  const edges = attach(count, edgeCount, joined, random)
  const weights = new Float32Array(count)
  const edgeKinds = new Uint8Array(edgeCount)
  const edgeWeights = new Float32Array(edgeCount)
  for (let i = 0; i < edgeCount; i++) {
    edgeKinds[i] = Math.floor(random() * pathwayKindNames.length)
    const weight = (1 + Math.floor(random() * 1_000)) / 1_000
    edgeWeights[i] = weight
    weights[edges[2 * i]!]! += weight
    weights[edges[2 * i + 1]!]! += weight
  }
  const sourceCount = Math.max(1, Math.round(count / 20))
  return {
    revision: 1,
    count,
    ids: Array.from({ length: count }, (_, node) => idOf(seed, node)),
    names: Array.from({ length: count }, (_, node) => nameOf(node, random)),
    kinds: Uint8Array.from({ length: count }, () => Math.floor(random() ** 2 * kindNames.length)),
    kindNames,
    // Most of a community is of one domain.
    domains: Uint16Array.from(joined, (community) =>
      random() < 0.8 ? 1 + (community % (domainNames.length - 1)) : Math.floor(random() * domainNames.length),
    ),
    domainNames,
    sources: Uint32Array.from({ length: count }, (_, node) => Math.floor(((node + random()) / count) * (sourceCount - 1))),
    sourceNames: Array.from({ length: sourceCount }, (_, source) => ({ id: idOf(seed ^ 0x50_0000, source), title: nameOf(source, random) })),
    furtherDomains: new Uint32Array(),
    furtherSources: new Uint32Array(),
    weights,
    times: Float64Array.from({ length: count }, (_, node) => firstTime + Math.floor(((node + random()) / count) * span)),
    communities: joined,
    positions: spread(count),
    edges,
    edgeKinds,
    edgeKindNames: pathwayKindNames,
    edgeWeights,
    total: { nodes: count, edges: edgeCount },
  }
}

/** The community of every node, 0 the largest; the first ones are much larger than the last. */
function communitiesBySize(count: number, random: () => number): Uint32Array {
  const communities = Math.max(1, Math.round(Math.cbrt(count)))
  const drawn = Uint32Array.from({ length: count }, () => Math.floor(random() ** 2 * communities))
  const sizes = new Uint32Array(communities)
  for (const community of drawn) sizes[community]!++
  const bySize = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b)
  const placeOf = new Uint32Array(communities)
  for (const [place, community] of bySize.entries()) placeOf[community] = place
  return drawn.map((community) => placeOf[community]!)
}

/** Joins each node to earlier ones, so many that the total is exact. */
function attach(count: number, edgeCount: number, communities: Uint32Array, random: () => number): Uint32Array {
  const edges = new Uint32Array(2 * edgeCount)
  // Every node stands in these once and again for each edge it has: a fair draw prefers the well connected.
  const everywhere: number[] = []
  const within: number[][] = []
  let placed = 0
  for (let node = 0; node < count; node++) {
    const community = communities[node]!
    within[community] ??= []
    const own = within[community]
    const missing = count > 1 ? Math.round((edgeCount * node) / (count - 1)) - placed : 0
    for (const target of draw(Math.min(node, missing), node, own, everywhere, random)) {
      edges[2 * placed] = node
      edges[2 * placed + 1] = target
      placed++
      everywhere.push(node, target)
      own.push(node)
      within[communities[target]!]?.push(target)
    }
    everywhere.push(node)
    own.push(node)
  }
  return edges
}

/** So many different nodes below `node`. */
function draw(wanted: number, node: number, near: readonly number[], all: readonly number[], random: () => number): Set<number> {
  const drawn = new Set<number>()
  for (let tries = 20 * wanted; tries > 0 && drawn.size < wanted; tries--) {
    const from = near.length > 0 && random() < 0.75 ? near : all
    const target = from[Math.floor(random() * from.length)]!
    if (target !== node) drawn.add(target)
  }
  // Of a dense graph hardly any are left to draw.
  for (let target = Math.floor(random() * node); drawn.size < wanted; target = (target + 1) % node) drawn.add(target)
  return drawn
}

function nameOf(place: number, random: () => number): string {
  const word = () => words[Math.floor(random() * words.length)]!
  const plain = `${word()} ${word()} ${place + 1}`
  if (place % 97 === 5) return hardNames[Math.floor(place / 97) % hardNames.length]!
  return plain[0]!.toUpperCase() + plain.slice(1)
}

/** A UUID of version 8 (RFC 9562, 5.8) that says which node of which seed it is. */
const idOf = (seed: number, place: number): string =>
  `${(seed >>> 0).toString(16).padStart(8, '0')}-0000-8000-8000-${place.toString(16).padStart(12, '0')}`
