// The worker that lays out, so that the page stays free: see layout-loop.ts.
import { LayoutLoop } from './layout-loop'
import type { LayoutOrder } from './messages'

// A message to itself comes after those of the page that are waiting, and without the pause of a timer.
const turn = new MessageChannel()
let next: (() => void) | undefined
turn.port1.onmessage = () => next?.()

const loop = new LayoutLoop({
  post: (news, transfer) => self.postMessage(news, { transfer }),
  soon(run) {
    next = run
    turn.port2.postMessage(null)
  },
  now: () => performance.now(),
})
self.onmessage = ({ data }: MessageEvent<LayoutOrder>) => loop.hear(data)
