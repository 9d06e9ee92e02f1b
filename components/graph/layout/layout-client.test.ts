import { expect, it } from 'vitest'
import { scaleFreeGraph } from '../lab/scale-free'
import { LayoutClient, type LayoutPort, type LayoutState } from './layout-client'
import { LayoutLoop } from './layout-loop'
import type { LayoutNews, LayoutOrder } from './messages'

/** A worker's two ends in one thread: messages are cloned and buffers transferred as between threads, and the loop turns when the test says so. */
function channel() {
  const toWorker: LayoutOrder[] = []
  const toPage: LayoutNews[] = []
  let next: (() => void) | undefined
  let now = 0
  const loop = new LayoutLoop({
    post: (news, transfer) => void toPage.push(structuredClone(news, { transfer })),
    soon: (run) => {
      next = run
    },
    now: () => now,
  })
  const port: LayoutPort = { postMessage: (order, transfer) => void toWorker.push(structuredClone(order, { transfer })), onmessage: null }
  return {
    port,
    waiting: toPage,
    /** The worker hears what was sent and makes some ticks, each 20 ms long. */
    work(ticks = 1) {
      for (const order of toWorker.splice(0)) loop.hear(order)
      for (let i = 0; i < ticks && next; i++) {
        const run = next
        next = undefined
        now += 20
        run()
      }
    },
    /** The page hears what was sent. */
    hear() {
      for (const data of toPage.splice(0)) port.onmessage?.({ data } as MessageEvent<LayoutNews>)
    },
    isIdle: () => next === undefined,
  }
}

function begun(flat = false) {
  const graph = scaleFreeGraph({ nodes: 300, edges: 900, seed: 1 })
  const wire = channel()
  const states: LayoutState[] = []
  const client = new LayoutClient(wire.port, graph, { flat, onMoved: (state) => states.push(state) })
  const run = () => {
    for (let turns = 0; turns < 2_000 && !(wire.isIdle() && turns > 0); turns++) {
      wire.work()
      wire.hear()
    }
    wire.work()
    wire.hear()
  }
  return { graph, wire, states, client, run }
}

it('moves the positions in place until all has settled, and then rests', () => {
  const { graph, wire, states, client, run } = begun()
  const { positions } = graph
  const start = positions.slice()
  client.begin(1)
  run()
  expect(graph.positions).toBe(positions)
  expect(positions).not.toEqual(start)
  expect(positions.every(Number.isFinite)).toBe(true)
  expect(states.at(-1)).toEqual({ settled: true, tickMs: expect.any(Number) })
  // Not a picture a tick: those of 300 ticks of 20 ms are told at most every 33 ms.
  expect(states.length).toBeGreaterThan(100)
  expect(states.length).toBeLessThan(200)
  const [said, still] = [states.length, positions.slice()]
  wire.work(10)
  wire.hear()
  expect([states.length, positions]).toEqual([said, still])
})

it('sends a page that hears nothing no more than two pictures, and the last one once it does', () => {
  const { graph, wire, states, client } = begun()
  client.begin(1)
  wire.work(1_000)
  expect([wire.isIdle(), wire.waiting.length]).toEqual([true, 2])
  wire.hear()
  wire.work()
  wire.hear()
  expect(states.map(({ settled }) => settled)).toEqual([false, false, true])
  expect(graph.positions.every(Number.isFinite)).toBe(true)
})

it('lays out in the plane without touching depth', () => {
  const { graph, client, run } = begun(true)
  const start = graph.positions.slice()
  client.begin(1)
  run()
  const moved = [0, 1, 2].map((axis) => Array.from({ length: graph.count }, (_, i) => graph.positions[3 * i + axis] !== start[3 * i + axis]))
  expect(moved.map((axis) => axis.some(Boolean))).toEqual([true, true, false])
})

it('relaxes some nodes while the others hardly move, and stops at once', () => {
  const { graph, wire, states, client, run } = begun()
  client.begin(1)
  run()
  const before = graph.positions.slice()
  client.relax([7])
  run()
  expect(states.at(-1)?.settled).toBe(true)
  const far = Array.from({ length: graph.count }, (_, i) =>
    Math.hypot(...[0, 1, 2].map((axis) => graph.positions[3 * i + axis]! - before[3 * i + axis]!)),
  )
  expect(far.some((distance) => distance > 0)).toBe(true)
  expect(far.sort((a, b) => a - b)[150]).toBeLessThan(3)
  client.begin(1)
  wire.work(5)
  client.stop()
  wire.work(5)
  wire.hear()
  // Both buffers were on their way.
  wire.work()
  wire.hear()
  expect([wire.isIdle(), states.at(-1)?.settled]).toEqual([true, true])
})
