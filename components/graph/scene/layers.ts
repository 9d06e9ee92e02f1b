import {
  BufferAttribute,
  type BufferGeometry,
  DynamicDrawUsage,
  Group,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  type Intersection,
  IntType,
  type IUniform,
  LineSegments,
  Matrix4,
  Mesh,
  type Raycaster,
  ShaderMaterial,
  Vector2,
  Vector3,
} from 'three'
import type { Colours } from '@/components/ui/theme'
import type { GraphData } from '../graph-data'
import type { LabelAtlas } from './label-atlas'
import { NodeTextures } from './node-textures'
import { pickRay } from './picking'
import { channels } from './scene-colours'
import { edgeFragment, edgeVertex, labelFragment, labelVertex, nodeFragment, nodeVertex, strokeFragment, strokeVertex } from './shaders'

/** Edges drawn as broad strokes at most: those of the path and of the selection, heaviest first. */
const mostStrokes = 4_096
/** Labels drawn at most. */
export const mostLabels = 96
/** A headset has two eyes and 11 ms: it gets the first edges, and a graph holds its heaviest first. */
const mostEdgesInXr = 60_000
/** Half the opening angle within which a ray of a controller, a hand or an eye still means a node. */
const rayCone = 0.05

function quads(instances: number): InstancedBufferGeometry {
  const geometry = new InstancedBufferGeometry()
  geometry.setAttribute('position', new BufferAttribute(new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0]), 3))
  geometry.setIndex([0, 1, 2, 0, 2, 3])
  geometry.instanceCount = instances
  return geometry
}

/** Places of nodes at both ends of edges, read as whole numbers by the shader. */
function endsOf(edges: Uint32Array): InstancedBufferAttribute {
  const ends = new InstancedBufferAttribute(edges, 2)
  ends.gpuType = IntType
  return ends
}

/**
 * A graph as four draw calls: nodes (a quad each), edges (a line each), strokes (edges that matter now, a broad quad each) and labels. What
 * changes often is small: positions and states are textures with a texel a node, strokes and labels a few hundred entries.
 */
export class GraphLayers {
  readonly root = new Group()
  readonly textures: NodeTextures
  readonly nodes: Mesh
  readonly edges: LineSegments
  readonly strokes: Mesh
  readonly labels: Mesh
  readonly uniforms: Record<string, IUniform>
  readonly #graph: GraphData
  #shown: Uint8Array | null = null

  constructor(graph: GraphData, atlas: LabelAtlas) {
    this.#graph = graph
    this.textures = new NodeTextures(graph)
    this.uniforms = {
      uPlaces: { value: this.textures.places },
      uLooks: { value: this.textures.looks },
      uStates: { value: this.textures.states },
      uDomains: { value: Array.from({ length: 8 }, () => new Vector3()) },
      uGround: { value: new Vector3() },
      uInk: { value: new Vector3() },
      uAccent: { value: new Vector3() },
      uHeight: { value: 1 },
      uLeast: { value: 1.25 },
      uFog: { value: new Vector3(0, 1, 0) },
      uFocus: { value: 0 },
      uAlpha: { value: 0.1 },
      uLength: { value: 30 },
      uLetters: { value: atlas.texture },
      uAtlas: { value: new Vector2(1, 1) },
      uRatio: { value: 1 },
      uSnap: { value: new Vector2() },
    }
    const { uniforms } = this
    const plain = { uniforms, depthWrite: false, transparent: true }
    const raised = { depthTest: false, premultipliedAlpha: true }
    this.nodes = new Mesh(
      quads(graph.count),
      // Edges are softened by the samples of the frame, so that depth stays right without sorting.
      new ShaderMaterial({ uniforms, vertexShader: nodeVertex, fragmentShader: nodeFragment, alphaToCoverage: true }),
    )
    this.edges = new LineSegments(this.#lines(), new ShaderMaterial({ ...plain, vertexShader: edgeVertex, fragmentShader: edgeFragment }))
    const strokes = quads(0)
    strokes.setAttribute('ends', endsOf(new Uint32Array(2 * mostStrokes)).setUsage(DynamicDrawUsage))
    strokes.setAttribute('kind', new InstancedBufferAttribute(new Float32Array(mostStrokes), 1).setUsage(DynamicDrawUsage))
    this.strokes = new Mesh(strokes, new ShaderMaterial({ ...plain, vertexShader: strokeVertex, fragmentShader: strokeFragment }))
    const labels = quads(0)
    for (const [name, size] of [
      ['node', 1],
      ['cut', 4],
      ['strength', 1],
    ] as const)
      labels.setAttribute(name, new InstancedBufferAttribute(new Float32Array(size * mostLabels), size).setUsage(DynamicDrawUsage))
    this.labels = new Mesh(labels, new ShaderMaterial({ ...plain, ...raised, vertexShader: labelVertex, fragmentShader: labelFragment }))
    // By these names a headset finds what it moves and what its rays meet (components/graph/xr).
    this.root.name = 'graph'
    this.nodes.name = 'graph-nodes'
    for (const [order, layer] of [this.nodes, this.edges, this.strokes, this.labels].entries()) {
      layer.renderOrder = order
      layer.frustumCulled = false
      layer.raycast = () => undefined
      this.root.add(layer)
    }
    this.nodes.raycast = (raycaster, hits) => this.#raycast(raycaster, hits)
  }

  #lines(): InstancedBufferGeometry {
    const { edges, edgeWeights } = this.#graph
    const geometry = new InstancedBufferGeometry()
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(6), 3))
    geometry.setAttribute('ends', endsOf(edges))
    geometry.setAttribute('weight', new InstancedBufferAttribute(edgeWeights, 1))
    geometry.instanceCount = edgeWeights.length
    return geometry
  }

  set colours(colours: Colours) {
    const set = (name: string, colour: string) => (this.uniforms[name]!.value as Vector3).fromArray(channels(colour))
    set('uGround', colours.ground)
    set('uInk', colours.ink)
    set('uAccent', colours.accent)
    const domains = this.uniforms.uDomains!.value as Vector3[]
    for (const [at, colour] of colours.domains.entries()) domains[at]!.fromArray(channels(colour))
  }

  /** What is shown and what stands out. */
  paint(state: { shown: Uint8Array | null; selected: number; lit: readonly number[]; hovered: number }): void {
    this.#shown = state.shown
    this.textures.paint(state)
    this.uniforms.uFocus!.value = state.selected >= 0 || state.lit.length > 0 ? 1 : 0
    this.#stroke(state.selected, state.lit)
  }

  /** Edges of the path in broad strokes of the accent, those of the selected node in finer ones. */
  #stroke(selected: number, lit: readonly number[]): void {
    const { edges, edgeWeights } = this.#graph
    const steps = new Set<number>()
    for (let at = 1; at < lit.length; at++) steps.add(pair(lit[at - 1]!, lit[at]!))
    const found: { edge: number; kind: number }[] = []
    if (selected >= 0 || steps.size > 0)
      for (let edge = 0; edge < edgeWeights.length; edge++) {
        const from = edges[2 * edge]!
        const to = edges[2 * edge + 1]!
        if (steps.size > 0 && steps.has(pair(from, to))) found.push({ edge, kind: 1 })
        else if (from === selected || to === selected) found.push({ edge, kind: 0 })
      }
    if (found.length > mostStrokes) found.sort((a, b) => b.kind - a.kind || edgeWeights[b.edge]! - edgeWeights[a.edge]!)
    const geometry = this.strokes.geometry as InstancedBufferGeometry
    const ends = geometry.getAttribute('ends') as InstancedBufferAttribute
    const kinds = geometry.getAttribute('kind') as InstancedBufferAttribute
    const count = Math.min(found.length, mostStrokes)
    for (const [at, { edge, kind }] of found.slice(0, count).entries()) {
      ends.setXY(at, edges[2 * edge]!, edges[2 * edge + 1]!)
      kinds.setX(at, kind)
    }
    send(ends, count)
    send(kinds, count)
    geometry.instanceCount = count
    this.strokes.visible = count > 0
  }

  /** Draws these labels: nodes, where their letters stand in the atlas (x, y, width, height in its texels) and how strongly they are shown. */
  letter(count: number, nodes: Int32Array, cuts: Float32Array, strengths: Float32Array): void {
    const geometry = this.labels.geometry as InstancedBufferGeometry
    for (const [name, values] of [
      ['node', nodes],
      ['cut', cuts],
      ['strength', strengths],
    ] as const) {
      const attribute = geometry.getAttribute(name) as InstancedBufferAttribute
      attribute.array.set(values.subarray(0, count * attribute.itemSize))
      send(attribute, count)
    }
    geometry.instanceCount = count
    this.labels.visible = count > 0
  }

  /** In a headset only the first edges are drawn. */
  set inXr(presenting: boolean) {
    const count = this.#graph.edgeWeights.length
    ;(this.edges.geometry as InstancedBufferGeometry).instanceCount = presenting ? Math.min(count, mostEdgesInXr) : count
    this.uniforms.uLeast!.value = presenting ? 2 : 1.25
  }

  /** What rays of controllers, hands and eyes meet: the stock test of an instanced mesh takes 4 to 20 ms at 50,000 nodes, this 0.1. */
  #raycast(raycaster: Raycaster, hits: Intersection[]): void {
    const ray = raycaster.ray.clone().applyMatrix4(new Matrix4().copy(this.nodes.matrixWorld).invert())
    const { positions } = this.#graph
    const node = pickRay(positions, this.#shown, ray.origin, ray.direction, rayCone, { radii: this.textures.radii, beam: 0 })
    if (node < 0) return
    const point = new Vector3().fromArray(positions, 3 * node).applyMatrix4(this.nodes.matrixWorld)
    hits.push({ object: this.nodes, instanceId: node, point, distance: point.distanceTo(raycaster.ray.origin) })
  }

  dispose(): void {
    for (const layer of [this.nodes, this.edges, this.strokes, this.labels]) {
      ;(layer.geometry as BufferGeometry).dispose()
      ;(layer.material as ShaderMaterial).dispose()
    }
    this.textures.dispose()
  }
}

/** One number for two nodes in either order; exact below 2^26 nodes. */
const pair = (a: number, b: number): number => Math.min(a, b) * 0x4000000 + Math.max(a, b)

/** Uploads the first entries alone. */
function send(attribute: InstancedBufferAttribute, count: number): void {
  attribute.clearUpdateRanges()
  if (count > 0) attribute.addUpdateRange(0, count * attribute.itemSize)
  attribute.needsUpdate = count > 0
}
