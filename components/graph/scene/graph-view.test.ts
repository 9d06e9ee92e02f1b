import { type InstancedBufferGeometry, OrthographicCamera, type WebGLRenderer } from 'three'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { smallGraph } from '../place/small-graph.fixture'
import { GraphView } from './graph-view'
import { stateBits } from './shaders'

const size = { width: 1_400, height: 900 }
const camera = new OrthographicCamera(-size.width / 2, size.width / 2, size.height / 2, -size.height / 2, -1_000, 1_000)
camera.updateMatrixWorld()
const renderer = { xr: { isPresenting: false }, capabilities: { maxTextureSize: 4_096 }, copyTextureToTexture: () => undefined }

/** A canvas whose Latin letters are 6 pixels wide and all others 12. Letters are measured, nobody looks at them. */
function plainCanvas() {
  const canvas = { width: 0, height: 0, getContext: () => pen }
  const pen = {
    canvas,
    scale: () => undefined,
    strokeText: () => undefined,
    fillText: () => undefined,
    measureText: (text: string) => ({ width: [...text].reduce((sum, letter) => sum + (letter < '\u0250' ? 6 : 12), 0) }),
    getImageData: (_x: number, _y: number, width: number, height: number) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }),
  }
  return canvas
}

/** Nodes in rows and columns, with the middle of the picture in the middle. */
function viewOf(names: readonly string[], columns: number, [across, down]: readonly [number, number]) {
  const graph = smallGraph(names.map((name) => ({ name, weight: 1 })))
  const rows = Math.ceil(names.length / columns)
  for (let node = 0; node < names.length; node++) {
    const [column, row] = [node % columns, Math.floor(node / columns)]
    graph.positions.set([(column - (columns - 1) / 2) * across, ((rows - 1) / 2 - row) * down, 0], 3 * node)
  }
  const view = new GraphView(graph)
  view.paint({ shown: null, selected: -1, lit: [], hovered: -1 })
  return view
}
const picture = (view: GraphView) => view.frame(renderer as unknown as WebGLRenderer, camera, size, 1, 500)

/** Pictures as the scene makes them: another one only when it is wanted. @returns how many names each had */
function rest(view: GraphView): number[] {
  const counts: number[] = []
  let wanted = true
  while (wanted && counts.length < 100) {
    wanted = picture(view)
    counts.push(labels(view).length)
  }
  expect(wanted).toBe(false)
  return counts
}

/** Names as the graphics card gets them: their nodes, and from where to where they stand in the picture. */
function labels(view: GraphView) {
  const geometry = view.layers.labels.geometry as InstancedBufferGeometry
  return Array.from({ length: geometry.instanceCount }, (_, at) => {
    const owner = geometry.getAttribute('node').getX(at)
    const half = geometry.getAttribute('cut').getZ(at) / 2
    const { x, y } = view.project(camera, size, owner)!
    return { node: owner, left: x - half, right: x + half, y }
  })
}

beforeEach(() => vi.stubGlobal('document', { createElement: plainCanvas }))
afterEach(() => vi.unstubAllGlobals())

describe('what stands out', () => {
  it('does so only while it is drawn: for what is filtered out nothing steps back', () => {
    const view = viewOf(['a', 'b', 'c', 'd'], 4, [130, 110])
    const shown = Uint8Array.of(1, 0, 1, 1)
    const focus = () => view.layers.uniforms.uFocus?.value
    view.paint({ shown, selected: 1, lit: [1], hovered: 1 })
    expect(focus()).toBe(0)
    expect([...view.layers.textures.stateOf.subarray(0, 4)]).toEqual([0, stateBits.hidden, 0, 0])
    rest(view)
    expect(labels(view).map(({ node }) => node)).toEqual([0, 2, 3])
    view.paint({ shown, selected: 0, lit: [], hovered: -1 })
    expect(focus()).toBe(1)
    view.paint({ shown, selected: 1, lit: [0, 1, 2], hovered: -1 })
    expect(focus()).toBe(1)
    expect([...view.layers.textures.stateOf.subarray(0, 4)]).toEqual([stateBits.lit, stateBits.hidden, stateBits.lit, 0])
    view.paint({ shown: null, selected: 1, lit: [], hovered: -1 })
    expect(focus()).toBe(1)
  })
})

describe('the names of a picture', () => {
  const all = Array.from({ length: 70 }, (_, node) => `n${node}`)

  it('are all drawn, a few a picture, while nothing moves', () => {
    const view = viewOf(all, 10, [130, 110])
    const counts = rest(view)
    expect(counts.at(-1)).toBe(70)
    for (const [at, count] of counts.entries()) expect(count - (counts[at - 1] ?? 0)).toBeLessThanOrEqual(12)
    expect(picture(view)).toBe(false)
  })

  it('are all drawn anew when a font came', () => {
    const view = viewOf(all, 10, [130, 110])
    rest(view)
    view.forgetLetters()
    expect(rest(view).at(-1)).toBe(70)
  })

  it('cover no other once they are at rest, however wide they have turned out', () => {
    const wide = Array.from({ length: 60 }, () => '港口灯塔与航道')
    const view = viewOf(wide, 20, [66, 140])
    rest(view)
    const drawn = labels(view)
    expect(drawn.length).toBeGreaterThan(20)
    for (const [at, a] of drawn.entries())
      for (const b of drawn.slice(at + 1)) expect(a.y !== b.y || a.right <= b.left || b.right <= a.left, `${a.node} and ${b.node}`).toBe(true)
  })
})
