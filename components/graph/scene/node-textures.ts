import { DataTexture, FloatType, NearestFilter, RedIntegerFormat, RGBAFormat, RGIntegerFormat, UnsignedByteType } from 'three'
import { domainSlot } from '@/components/ui/domain'
import type { GraphData } from '../graph-data'
import { kindShape } from '../kind-shape'
import { stateBits, textureWidth } from './shaders'

/** Radius of the lightest and the heaviest node in units of positions; an edge at rest is 30 long. */
const radiusRange = [1.6, 8] as const
/** Few nodes that stand far apart, as communities do, are drawn larger: by this share of the room that each has. */
const shareOfRoom = 0.2

/** How many times as large as usual the nodes of a graph are drawn: 1 where they stand as atoms do. */
export function enlargement(positions: Float32Array, count: number): number {
  const middle = [0, 0, 0]
  for (let at = 0; at < 3 * count; at++) middle[at % 3]! += positions[at]! / count
  let distance = 0
  for (let at = 0; at < 3 * count; at += 3)
    distance += Math.hypot(positions[at]! - middle[0]!, positions[at + 1]! - middle[1]!, positions[at + 2]! - middle[2]!) / count
  const room = (2 * distance) / Math.cbrt(Math.max(1, count))
  return Math.max(1, (shareOfRoom * room) / radiusRange[1])
}

/** What the shaders know of every node: place and radius, colour and shape, state. One texel a node. */
export class NodeTextures {
  readonly places: DataTexture
  readonly looks: DataTexture
  readonly states: DataTexture
  /** Units of positions. */
  readonly radii: Float32Array
  /** 0 to 1: how much weight a node has beside the heaviest. */
  readonly importance: Float32Array
  readonly #graph: GraphData

  constructor(graph: GraphData) {
    this.#graph = graph
    const height = Math.max(1, Math.ceil(graph.count / textureWidth))
    const texels = textureWidth * height
    this.places = new DataTexture(new Float32Array(4 * texels), textureWidth, height, RGBAFormat, FloatType)
    this.looks = new DataTexture(new Uint8Array(2 * texels), textureWidth, height, RGIntegerFormat, UnsignedByteType)
    this.states = new DataTexture(new Uint8Array(texels), textureWidth, height, RedIntegerFormat, UnsignedByteType)
    this.looks.internalFormat = 'RG8UI'
    this.states.internalFormat = 'R8UI'
    for (const texture of this.#all()) {
      texture.minFilter = NearestFilter
      texture.magFilter = NearestFilter
      texture.unpackAlignment = 1
    }
    this.radii = new Float32Array(graph.count)
    this.importance = new Float32Array(graph.count)
    this.#look()
    this.move()
  }

  #all = () => [this.places, this.looks, this.states]

  #look(): void {
    const graph = this.#graph
    const colours = graph.domainNames.map((name) => (name ? domainSlot(name).colour : 7))
    const shapes = graph.kindNames.map(kindShape)
    const looks = this.looks.image.data as Uint8Array
    const times = enlargement(graph.positions, graph.count)
    let heaviest = 0
    for (const weight of graph.weights) if (weight > heaviest) heaviest = weight
    for (let node = 0; node < graph.count; node++) {
      looks[2 * node] = colours[graph.domains[node]!] ?? 7
      looks[2 * node + 1] = shapes[graph.kinds[node]!] ?? 0
      // The area of a node goes with its weight.
      const share = heaviest > 0 ? Math.sqrt(graph.weights[node]! / heaviest) : 0
      this.importance[node] = share
      this.radii[node] = times * (radiusRange[0] + (radiusRange[1] - radiusRange[0]) * share)
    }
    this.looks.needsUpdate = true
  }

  /** Takes the positions of the graph anew. */
  move(): void {
    const { positions } = this.#graph
    const places = this.places.image.data as Float32Array
    for (let node = 0, from = 0, to = 0; node < this.radii.length; node++, from += 3, to += 4) {
      places[to] = positions[from]!
      places[to + 1] = positions[from + 1]!
      places[to + 2] = positions[from + 2]!
      places[to + 3] = this.radii[node]!
    }
    this.places.needsUpdate = true
  }

  /** Says what is shown and what stands out: one byte a node is uploaded, whatever the number of edges. */
  paint({ shown, selected, lit, hovered }: { shown: Uint8Array | null; selected: number; lit: readonly number[]; hovered: number }): void {
    const { count, edges } = this.#graph
    const states = this.stateOf
    states.fill(0)
    if (shown) for (let node = 0; node < count; node++) if (shown[node] === 0) states[node] = stateBits.hidden
    const mark = (node: number, bit: number) => {
      if (node >= 0 && node < count) states[node]! |= bit
    }
    if (selected >= 0)
      for (let at = 0; at < edges.length; at += 2) {
        if (edges[at] === selected) mark(edges[at + 1]!, stateBits.neighbour)
        else if (edges[at + 1] === selected) mark(edges[at]!, stateBits.neighbour)
      }
    mark(selected, stateBits.selected)
    mark(hovered, stateBits.hovered)
    for (const node of lit) mark(node, stateBits.lit)
    this.states.needsUpdate = true
  }

  /** Bits of `stateBits`, one entry a node and some that no node has. */
  get stateOf(): Uint8Array {
    return this.states.image.data as Uint8Array
  }

  dispose(): void {
    for (const texture of this.#all()) texture.dispose()
  }
}
