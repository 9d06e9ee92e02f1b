import type { QueryKey } from '@tanstack/react-query'

/** With the fifth of a second in which the server looks and the answer's own way, what happened second is shown within a second too. */
const askAgainMs = 700
/** While it goes on without a pause, each time is twice as far from the last, up to this: hours of reading must not use up the calls of a person. */
const longestMs = 10_000

interface Asking {
  /** Asks a query at once, or once more after the last time when that was just now. */
  ask(queryKey: QueryKey): void
  /** Asks nothing any more. */
  stop(): void
}

/** Has queries asked again, each at once after the first event and once more after the last, the more seldom the longer events come without a pause. */
export function askingAgain(invalidate: (queryKey: QueryKey) => void): Asking {
  const due = new Map<string, { timer: ReturnType<typeof setTimeout>; again: boolean }>()
  function askNow(queryKey: QueryKey, name: string, pauseMs: number): void {
    invalidate(queryKey)
    const entry = {
      again: false,
      timer: setTimeout(() => {
        due.delete(name)
        if (entry.again) askNow(queryKey, name, Math.min(longestMs, 2 * pauseMs))
      }, pauseMs),
    }
    due.set(name, entry)
  }
  return {
    ask(queryKey) {
      const name = JSON.stringify(queryKey)
      const known = due.get(name)
      if (known) known.again = true
      else askNow(queryKey, name, askAgainMs)
    },
    stop() {
      for (const { timer } of due.values()) clearTimeout(timer)
      due.clear()
    },
  }
}
