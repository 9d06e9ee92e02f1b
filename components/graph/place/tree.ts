import type { GraphData } from '@/components/graph/graph-data'
import { humanise } from '@/components/ui/format'

export const treeOrders = ['community', 'source'] as const
export type TreeOrder = (typeof treeOrders)[number]

/** A branch holds branches or, at the end, atoms; `key` is its own among all branches, and names an element of the page. */
export interface Branch {
  key: string
  label: string
  /** Number of the community that it is. */
  community?: number
  /** Domain to be marked beside the label. */
  domain?: string
  count: number
  branches: Branch[]
  nodes: number[]
}

/** A line of the tree as it is drawn: of a branch or of an atom. Levels and places count from 1, as ARIA does. */
export interface TreeLine {
  key: string
  level: number
  place: number
  siblings: number
  parent: string | null
  branch: Branch | null
  /** -1 for a branch. */
  node: number
}

const byWeight = (graph: GraphData) => (a: number, b: number) => (graph.weights[b] ?? 0) - (graph.weights[a] ?? 0) || a - b

function grouped(nodes: readonly number[], keyOf: (node: number) => number): [key: number, nodes: number[]][] {
  const groups = new Map<number, number[]>()
  for (const node of nodes) {
    const group = groups.get(keyOf(node))
    if (group) group.push(node)
    else groups.set(keyOf(node), [node])
  }
  return [...groups]
}

const leaf = (key: string, label: string, nodes: number[]): Branch => ({ key, label, count: nodes.length, branches: [], nodes })

/** Communities (the largest first, each named by its weightiest atom), in them domains, in those kinds, in those atoms. */
function byCommunity(graph: GraphData, shown: readonly number[]): Branch[] {
  return grouped(shown, (node) => graph.communities[node] ?? 0)
    .sort(([a], [b]) => a - b)
    .map(([community, members]) => ({
      ...leaf(`c${community}`, graph.names[members[0] ?? 0] || 'Untitled', []),
      community,
      count: members.length,
      branches: grouped(members, (node) => graph.domains[node] ?? 0).map(([domain, inDomain]) => {
        const name = graph.domainNames[domain] ?? ''
        const key = `c${community}.d${domain}`
        return {
          ...leaf(key, name || 'No domain', []),
          domain: name,
          count: inDomain.length,
          branches: grouped(inDomain, (node) => graph.kinds[node] ?? 0).map(([kind, nodes]) =>
            leaf(`${key}.k${kind}`, humanise(graph.kindNames[kind] ?? ''), nodes),
          ),
        }
      }),
    }))
}

const headingMark = ' › '
const headingsOf = (name: string | undefined) => (name ?? '').split(headingMark).slice(1)

const numbersOfHeadings = new WeakMap<readonly string[], ReadonlyMap<string, number>>()
/** Every heading of a graph by a number: as a key it may hold what it likes, and stays the same whatever is filtered out. */
function headingNumbers(names: readonly string[]): ReadonlyMap<string, number> {
  const known = numbersOfHeadings.get(names)
  if (known) return known
  const made = new Map<string, number>()
  for (const name of names) for (const heading of headingsOf(name)) if (!made.has(heading)) made.set(heading, made.size)
  numbersOfHeadings.set(names, made)
  return made
}

/** Sources, in them their headings as the names of atoms give them (`Title › Heading › …`), in those atoms. */
function bySource(graph: GraphData, shown: readonly number[]): Branch[] {
  const numbers = headingNumbers(graph.names)
  return grouped(shown, (node) => graph.sources[node] ?? 0)
    .map(([source, members]) => {
      const root = leaf(`s${source}`, graph.sourceNames[source]?.title || 'No source', [])
      for (const node of members) {
        let branch = root
        branch.count += branch === root ? 0 : 1
        for (const heading of headingsOf(graph.names[node])) {
          const key = `${branch.key}.h${numbers.get(heading)}`
          let next = branch.branches.find((other) => other.key === key)
          if (!next) {
            next = leaf(key, heading, [])
            branch.branches.push(next)
          }
          next.count += 1
          branch = next
        }
        branch.nodes.push(node)
      }
      root.count = members.length
      return root
    })
    .sort((a, b) => a.label.localeCompare(b.label) || a.key.localeCompare(b.key))
}

/** The shown nodes as a tree, the weightiest first in every branch. */
export function treeOf(graph: GraphData, shown: Uint8Array, order: TreeOrder): Branch[] {
  const nodes = [...shown.keys()].filter((node) => shown[node]).sort(byWeight(graph))
  return order === 'community' ? byCommunity(graph, nodes) : bySource(graph, nodes)
}

/** The lines to draw: all branches at the top, and what is in the open ones. */
export function linesOf(tree: readonly Branch[], open: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = []
  const add = (branches: readonly Branch[], nodes: readonly number[], level: number, parent: string | null) => {
    const siblings = branches.length + nodes.length
    for (const [at, branch] of branches.entries()) {
      lines.push({ key: branch.key, level, place: at + 1, siblings, parent, branch, node: -1 })
      if (open.has(branch.key)) add(branch.branches, branch.nodes, level + 1, branch.key)
    }
    for (const [at, node] of nodes.entries())
      lines.push({ key: `n${node}`, level, place: branches.length + at + 1, siblings, parent, branch: null, node })
  }
  add(tree, [], 1, null)
  return lines
}

/** Keys of the branches that have to be open for a node to be seen; none when it is not in the tree. */
export function wayTo(tree: readonly Branch[], node: number): string[] {
  for (const branch of tree) {
    if (branch.nodes.includes(node)) return [branch.key]
    const way = wayTo(branch.branches, node)
    if (way.length > 0) return [branch.key, ...way]
  }
  return []
}
