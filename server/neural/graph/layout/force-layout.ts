import { seededRandom } from '../../ranking/random.ts'
import { Repulsion } from './repulsion.ts'
import { edgeLength } from './start.ts'

// The forces of d3-force-3d with its usual strengths, so that the picture is the one people know; see docs/decisions/0030-layout.md.
const repulsion = -30
const theta = 0.9
const keptVelocity = 0.6
/** Towards the middle, in shares of the distance: what nothing joins to the rest stays in sight. */
export const gravity = 0.1
const settledAlpha = 0.001
/** From alpha 1 it settles in 300 ticks. */
const decay = 1 - settledAlpha ** (1 / 300)
/** No two nodes begin at one place: there would be no direction to push them apart. In units of positions. */
const jitter = 0.01

export interface LayoutGraph {
  count: number
  /** Nodes at the ends of edge i at 2i and 2i + 1. */
  edges: Uint32Array
}

export interface LayoutOptions {
  /** In the plane z = 0. */
  flat?: boolean
  /** How far nodes may move at first: 1 for a layout from nothing, about 0.1 to relax one that has changed a little. */
  alpha?: number
  /** For each node how much of its movement it makes: 0 pins it, 1 is free. All are free without it. */
  mobility?: Float32Array | null
  seed?: number
}

/**
 * Lays out a graph by forces: nodes push each other apart, edges pull to their length at rest, everything is drawn a little to the middle. The same graph,
 * positions, options and number of ticks give the same places, to the bit. Self-loops, parallel edges, nodes without edges and nodes at one place are
 * all borne; a place that is not a number counts as the middle.
 */
export class ForceLayout {
  alpha: number
  mobility: Float32Array | null
  readonly #positions: Float32Array
  readonly #velocities: Float32Array
  readonly #edges: Uint32Array
  readonly #degrees: Float32Array
  readonly #repulsion: Repulsion
  readonly #flat: boolean

  /** @param positions x, y, z of node i at 3i; moved in place */
  constructor({ count, edges }: LayoutGraph, positions: Float32Array, { flat = false, alpha = 1, mobility = null, seed = 1 }: LayoutOptions = {}) {
    this.alpha = alpha
    this.mobility = mobility
    this.#positions = positions
    this.#velocities = new Float32Array(3 * count)
    this.#edges = edges
    this.#degrees = degrees(count, edges)
    this.#repulsion = new Repulsion(count)
    this.#flat = flat
    const random = seededRandom(seed)
    for (let at = 0; at < 3 * count; at++) {
      const moved = (random() - 0.5) * jitter
      if (!Number.isFinite(positions[at])) positions[at] = 0
      if (flat && at % 3 === 2) positions[at] = 0
      else if (!mobility || mobility[Math.floor(at / 3)]! > 0) positions[at]! += moved
    }
  }

  get settled(): boolean {
    return this.alpha <= settledAlpha
  }

  /** Lets everything stand where it is. */
  stop(): void {
    this.alpha = settledAlpha
    this.#velocities.fill(0)
  }

  /** Moves every node a step. Nothing moves any more once it has settled, unless `alpha` is raised. */
  tick(): void {
    this.alpha += (0 - this.alpha) * decay
    this.#pullEdges()
    this.#repulsion.apply(this.#positions, this.#velocities, repulsion * this.alpha, theta)
    this.#move()
  }

  /** Ticks until it has settled. @returns how many there were */
  settle(): number {
    let ticks = 0
    for (; !this.settled; ticks++) this.tick()
    return ticks
  }

  /** Edges pull or push towards their length at rest; of two nodes the one with fewer edges moves more. */
  #pullEdges(): void {
    const [positions, velocities, edges, degree] = [this.#positions, this.#velocities, this.#edges, this.#degrees]
    for (let i = 0; i < edges.length; i += 2) {
      const from = edges[i]!
      const to = edges[i + 1]!
      if (from === to) continue
      const a = 3 * from
      const b = 3 * to
      const dx = positions[b]! + velocities[b]! - positions[a]! - velocities[a]!
      const dy = positions[b + 1]! + velocities[b + 1]! - positions[a + 1]! - velocities[a + 1]!
      const dz = positions[b + 2]! + velocities[b + 2]! - positions[a + 2]! - velocities[a + 2]!
      const length = Math.sqrt(dx * dx + dy * dy + dz * dz)
      if (length === 0) continue
      const fromDegree = degree[from]!
      const toDegree = degree[to]!
      const pull = (((length - edgeLength) / length) * this.alpha) / Math.min(fromDegree, toDegree)
      const back = (pull * fromDegree) / (fromDegree + toDegree)
      const forth = pull - back
      velocities[b]! -= dx * back
      velocities[b + 1]! -= dy * back
      velocities[b + 2]! -= dz * back
      velocities[a]! += dx * forth
      velocities[a + 1]! += dy * forth
      velocities[a + 2]! += dz * forth
    }
  }

  #move(): void {
    const [positions, velocities, mobility] = [this.#positions, this.#velocities, this.mobility]
    const towardsMiddle = gravity * this.alpha
    for (let at = 0; at < positions.length; at++) {
      if (this.#flat && at % 3 === 2) continue
      const free = mobility ? mobility[Math.floor(at / 3)]! : 1
      velocities[at] = (velocities[at]! - positions[at]! * towardsMiddle) * keptVelocity * free
      positions[at]! += velocities[at]!
    }
  }
}

/** How many edges each node has, those to itself left out. */
function degrees(count: number, edges: Uint32Array): Float32Array {
  const found = new Float32Array(count)
  for (let i = 0; i < edges.length; i += 2) {
    if (edges[i] === edges[i + 1]) continue
    found[edges[i]!]!++
    found[edges[i + 1]!]!++
  }
  return found
}
