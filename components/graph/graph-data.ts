/**
 * A graph as the browser holds it: columns, one entry a node or an edge. Nodes are named by their place in the columns (0 to count - 1), edges too.
 * The scene, the flat view, the table and the walk read the same one.
 */
export interface GraphData {
  /** Raised by every change of the knowledge it was made from. */
  revision: number
  count: number
  /** Ids of the atoms, as everywhere else in AIA. */
  ids: readonly string[]
  names: readonly string[]
  /** Place in `kindNames`. */
  kinds: Uint8Array
  kindNames: readonly string[]
  /** Place of the first domain in `domainNames`; that of '' for an atom without one. */
  domains: Uint16Array
  domainNames: readonly string[]
  /** Place in `sources` of the source that an atom stands in first. */
  sources: Uint32Array
  sourceNames: readonly { id: string; title: string }[]
  /** A node and a further domain that it has (place in `domainNames`) at 2i and 2i + 1. */
  furtherDomains: Uint32Array
  /** A node and a further source that says it (place in `sourceNames`) at 2i and 2i + 1. */
  furtherSources: Uint32Array
  /** Sum of the weights of a node's pathways. */
  weights: Float32Array
  /** When an atom was first known, in milliseconds since 1970. */
  times: Float64Array
  /** Number of the community it belongs to, 0 the largest. */
  communities: Uint32Array
  /** x, y, z of node i at 3i; the layout moves them in place. Unit: the length of an edge at rest is 30. */
  positions: Float32Array
  /** Nodes at the ends of edge i at 2i and 2i + 1. */
  edges: Uint32Array
  /** Place in `edgeKindNames`. */
  edgeKinds: Uint8Array
  edgeKindNames: readonly string[]
  /** Above 0, at most 1. */
  edgeWeights: Float32Array
  /** How many nodes and edges there are in all, when these are only the heaviest. */
  total: { nodes: number; edges: number }
}

/** Where a scene is looked at from: eye, what it looks at (both x, y, z in units of positions) and, for the flat view, pixels a unit. */
export interface GraphCamera {
  eye: readonly [number, number, number]
  target: readonly [number, number, number]
  zoom: number
}
