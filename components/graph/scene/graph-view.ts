import { type Camera, Matrix4, OrthographicCamera, Ray, type Vector2, Vector3, type WebGLRenderer } from 'three'
import type { Colours } from '@/components/ui/theme'
import type { GraphData } from '../graph-data'
import { guessedWidth, LabelAtlas } from './label-atlas'
import { LabelChoice } from './label-choice'
import { GraphLayers, mostLabels } from './layers'
import { pickRay } from './picking'

/** What one picture costs, measured. */
export interface GraphSceneStats {
  /** Of the last picture. */
  drawCalls: number
  triangles: number
  /** One pick, by rays all over the picture. */
  pickMs: number
  /** One choice of labels. */
  labelMs: number
  /** Names in the last picture, and how many were chosen for it. */
  labels: number
  labelsChosen: number
  /** Longest task of the main thread since the first pictures, 0 where the browser does not tell. */
  longestTaskMs: number
  nodes: number
  edges: number
}

export interface ViewState {
  shown: Uint8Array | null
  selected: number
  lit: readonly number[]
  hovered: number
}

/** Pixels of the page. */
export interface PictureSize {
  width: number
  height: number
}

/** Names drawn a picture at most: each takes about 0.2 ms. */
const mostDrawnAtOnce = 12
/** A headset shows about 90 degrees: letters keep the size they would have on a page this high. */
const heightInXr = 1_000
/** How far beside a node a pointer may be, in pixels. */
const pointerReach = 8

/** A graph in the space of three.js: its layers, which names it shows, and what lies under a point of the picture. */
export class GraphView {
  readonly layers: GraphLayers
  readonly #graph: GraphData
  readonly #atlas = new LabelAtlas()
  readonly #choice: LabelChoice
  readonly #matrix = new Matrix4()
  readonly #ray = new Ray()
  readonly #cuts = new Float32Array(4 * mostLabels)
  readonly #strengths = new Float32Array(mostLabels)
  readonly #lettered = new Int32Array(mostLabels)
  readonly #seenFrom = new Float64Array(18)
  readonly #meanLength: number
  readonly #widthOf: (node: number) => number
  #state: ViewState = { shown: null, selected: -1, lit: [], hovered: -1 }
  #stale = true
  #distance = 1
  #frames = 0
  #labels = { labels: 0, labelsChosen: 0 }

  constructor(graph: GraphData) {
    this.#graph = graph
    this.layers = new GraphLayers(graph, this.#atlas)
    this.#choice = new LabelChoice(graph.count, mostLabels)
    this.#meanLength = meanEdgeLength(graph)
    this.layers.uniforms.uLength!.value = this.#meanLength
    this.#widthOf = (node) => {
      const cut = this.#atlas.find(node)
      return cut ? cut.width / (this.layers.uniforms.uRatio!.value as number) : guessedWidth(graph.names[node]!)
    }
  }

  /** What is filtered out is not drawn, and nothing steps back for it. */
  paint({ shown, selected, lit, hovered }: ViewState): void {
    const drawn = (node: number) => node >= 0 && node < this.#graph.count && shown?.[node] !== 0
    const one = (node: number) => (drawn(node) ? node : -1)
    this.#state = { shown, selected: one(selected), lit: lit.every(drawn) ? lit : lit.filter(drawn), hovered: one(hovered) }
    this.layers.paint(this.#state)
    this.#stale = true
  }

  move(): void {
    this.layers.textures.move()
    this.#stale = true
  }

  /** How letters look; also after the font came. */
  style(colours: Colours, ratio: number, family: string): void {
    this.layers.colours = colours
    this.layers.uniforms.uRatio!.value = ratio
    this.#atlas.style(colours, ratio, family)
    this.#stale = true
  }

  /** The pictures of the names are gone: a font came, or the graphics card lost them. */
  forgetLetters(): void {
    this.#atlas.clear()
    this.#atlas.texture.needsUpdate = true
    this.#stale = true
  }

  /**
   * What has to be done before each picture.
   * @param distance from the eye to what is looked at, and `reach` from the middle of the graph to its outermost node: units of positions
   * @returns true when not every name could be drawn, or one is wider than it was guessed: another picture is wanted
   */
  frame(renderer: WebGLRenderer, camera: Camera, size: PictureSize, distance: number, reach: number): boolean {
    const { uniforms } = this.layers
    const presenting = renderer.xr.isPresenting
    // In a headset a unit is a metre, and a graph stands at arm's length.
    this.#distance = presenting ? 1 : Math.max(distance, 1)
    const flat = camera instanceof OrthographicCamera
    const height = presenting ? heightInXr : size.height
    const picture = presenting ? { width: heightInXr, height } : size
    this.layers.inXr = presenting
    uniforms.uHeight!.value = height
    const ratio = uniforms.uRatio!.value as number
    const snap = uniforms.uSnap!.value as Vector2
    if (presenting) snap.set(0, 0)
    else snap.set(size.width * ratio, size.height * ratio)
    ;(uniforms.uFog!.value as Vector3).set(distance - 0.25 * reach, distance + 1.3 * reach, flat || presenting ? 0 : 0.8)
    const pixelsAUnit = flat ? camera.zoom : (camera.projectionMatrix.elements[5]! * height) / (2 * Math.max(distance, 1))
    uniforms.uAlpha!.value = edgeAlpha(this.#graph.edgeWeights.length, this.#meanLength * pixelsAUnit, picture)
    this.#frames++
    // A head never rests: there, names are chosen anew now and then.
    if (!this.#stale && (presenting ? this.#frames % 9 !== 0 : !this.#looksElsewhere(camera, size))) return false
    this.#choose(camera, picture)
    // What is still missing, and what has turned out wider than it was guessed to be, is chosen and drawn with the next picture.
    this.#stale = this.#letter(renderer)
    return this.#stale
  }

  #looksElsewhere(camera: Camera, size: PictureSize): boolean {
    this.#matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse)
    const now = [...this.#matrix.elements, size.width, size.height]
    const elsewhere = now.some((value, at) => value !== this.#seenFrom[at])
    this.#seenFrom.set(now)
    return elsewhere
  }

  #choose(camera: Camera, { width, height }: PictureSize): number {
    const { positions } = this.#graph
    const { textures, nodes } = this.layers
    const matrix = this.#matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse).multiply(nodes.matrixWorld)
    const scale = (camera.projectionMatrix.elements[5]! * height * nodes.matrixWorld.getMaxScaleOnAxis()) / 2
    const focused = this.#state.selected >= 0 || this.#state.lit.length > 0
    const distance = camera instanceof OrthographicCamera ? 1 : this.#distance
    const view = { matrix: matrix.elements, width, height, scale, distance }
    return this.#choice.choose(positions, textures.importance, textures.radii, textures.stateOf, focused, view, this.#widthOf)
  }

  /** Draws names that are missing in the atlas and hands those that are there to the layer. @returns whether that does not settle it */
  #letter(renderer: WebGLRenderer): boolean {
    const { nodes } = this.#choice
    let drawn = 0
    let wanting = false
    let again = false
    let count = 0
    do {
      again = false
      count = 0
      for (let at = 0; at < this.#choice.count; at++) {
        const node = nodes[at]!
        let cut = this.#atlas.find(node)
        if (!cut && drawn < mostDrawnAtOnce) {
          drawn++
          const guessed = this.#widthOf(node)
          again ||= this.#atlas.draw(renderer, node, this.#graph.names[node]!) === 'full' && at > 0
          cut = this.#atlas.find(node)
          wanting ||= this.#widthOf(node) > guessed
        }
        wanting ||= !cut
        if (!cut) continue
        this.#cuts.set([cut.x, cut.y, cut.width, cut.height], 4 * count)
        this.#strengths[count] = 0.75 + 0.25 * this.layers.textures.importance[node]!
        this.#lettered[count++] = node
      }
      if (again) wanting = true
    } while (again && drawn < mostDrawnAtOnce)
    if (again) count = 0
    const { uLetters, uAtlas } = this.layers.uniforms
    uLetters!.value = this.#atlas.texture
    ;(uAtlas!.value as Vector2).set(this.#atlas.texture.image.width, this.#atlas.texture.image.height)
    this.layers.letter(count, this.#lettered, this.#cuts, this.#strengths)
    this.#labels = { labels: count, labelsChosen: this.#choice.count }
    return wanting
  }

  /** The node at a point of the picture (pixels from its top left corner), or -1. */
  pick(camera: Camera, { width, height }: PictureSize, x: number, y: number, reach = pointerReach): number {
    const ray = this.#ray
    const flat = camera instanceof OrthographicCamera
    const at = new Vector3((x / width) * 2 - 1, 1 - (y / height) * 2, flat ? -1 : 0.5).unproject(camera)
    if (flat) {
      camera.getWorldDirection(ray.direction)
      ray.origin.copy(at)
    } else {
      ray.origin.setFromMatrixPosition(camera.matrixWorld)
      ray.direction.copy(at).sub(ray.origin).normalize()
    }
    ray.applyMatrix4(new Matrix4().copy(this.layers.nodes.matrixWorld).invert())
    const { radii } = this.layers.textures
    const slope = (2 * reach) / (camera.projectionMatrix.elements[5]! * height)
    const [cone, beam] = flat ? [0, slope] : [Math.atan(slope), 0]
    return pickRay(this.#graph.positions, this.#state.shown, ray.origin, ray.direction, cone, { radii, beam })
  }

  /** Where a node stands in the picture (pixels from its top left corner) and how large it is there (pixels), or null when it is outside. */
  project(camera: Camera, { width, height }: PictureSize, node: number): { x: number; y: number; radius: number } | null {
    const { nodes, textures } = this.layers
    const at = new Vector3().fromArray(this.#graph.positions, 3 * node).applyMatrix4(nodes.matrixWorld)
    const depth = camera instanceof OrthographicCamera ? 1 : -at.clone().applyMatrix4(camera.matrixWorldInverse).z
    at.project(camera)
    if (Math.abs(at.x) > 1 || Math.abs(at.y) > 1 || Math.abs(at.z) > 1) return null
    const radius = (textures.radii[node]! * nodes.matrixWorld.getMaxScaleOnAxis() * camera.projectionMatrix.elements[5]! * height) / (2 * depth)
    return { x: ((at.x + 1) / 2) * width, y: ((1 - at.y) / 2) * height, radius }
  }

  /** Measures now, on the graph and from where it is looked at. */
  stats(renderer: WebGLRenderer, camera: Camera, size: PictureSize): Omit<GraphSceneStats, 'longestTaskMs'> {
    const rays = 15
    const pickMs = medianMs(3, (round) => this.pick(camera, size, size.width * ((round * 0.618) % 1), (size.height * (round + 0.5)) / rays))
    const labelMs = medianMs(1, () => this.#choose(camera, size))
    const { calls, triangles } = renderer.info.render
    const { count: nodes, edgeWeights } = this.#graph
    return { drawCalls: calls, triangles, pickMs, labelMs, ...this.#labels, nodes, edges: edgeWeights.length }
  }

  dispose(): void {
    this.layers.dispose()
    this.#atlas.dispose()
  }
}

/** Of five such measurements the one in the middle: a machine does other things too, and measuring must not be a long task itself. */
function medianMs(rounds: number, run: (round: number) => unknown): number {
  const means = Array.from({ length: 5 }, (_, batch) => {
    const started = performance.now()
    for (let round = 0; round < rounds; round++) run(batch * rounds + round)
    return (performance.now() - started) / rounds
  })
  return means.sort((a, b) => a - b)[2]!
}

/** How long edges are on average, in units of positions, from a sample of at most 2,000. */
function meanEdgeLength({ edges, positions }: GraphData): number {
  const count = edges.length / 2
  const stride = Math.max(1, Math.floor(count / 2_000))
  let sum = 0
  let sampled = 0
  for (let edge = 0; edge < count; edge += stride, sampled++) {
    const [a, b] = [3 * edges[2 * edge]!, 3 * edges[2 * edge + 1]!]
    sum += Math.hypot(positions[a]! - positions[b]!, positions[a + 1]! - positions[b + 1]!, positions[a + 2]! - positions[b + 2]!)
  }
  return sampled > 0 ? Math.max(1, sum / sampled) : 30
}

/** So much that all edges together would cover about as much of the picture, however many there are. */
function edgeAlpha(count: number, lengthPixels: number, { width, height }: PictureSize): number {
  const ink = count * Math.max(lengthPixels, 1)
  return Math.min(0.4, Math.max(0.035, (0.5 * width * height) / Math.max(ink, 1)))
}
