import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue'
import type { Logger } from '../gateway/log.ts'

const lookEveryMs = 1_000
/** What a clock that is kept right by small steps may be put back at once. */
const smallStepMs = 2_000

/**
 * DBOS keeps the time of its next look at the queues by the clock of the machine: when that is put back by a day, no job would begin for a
 * day. So the clock is held against one that nobody sets, and the loop over the queues begins anew when it was put back. Call before the launch.
 * @returns ends the watch
 */
export function outliveClocksPutBack(log: Logger): () => void {
  const dispatch = wfQueueRunner.dispatchLoop.bind(wfQueueRunner)
  let beginsAnew = false
  wfQueueRunner.dispatchLoop = async (...given) => {
    do {
      beginsAnew = false
      await dispatch(...given)
    } while (beginsAnew)
  }
  const difference = () => Date.now() - performance.now()
  let last = difference()
  const watch = setInterval(() => {
    const now = difference()
    if (now < last - smallStepMs) {
      log.warn({ seconds: Math.round((last - now) / 1_000) }, 'the clock was put back: the queues are looked at anew')
      beginsAnew = true
      wfQueueRunner.stop()
    }
    last = now
  }, lookEveryMs)
  watch.unref()
  return () => {
    clearInterval(watch)
    wfQueueRunner.dispatchLoop = dispatch
  }
}
