import type { QueryKey } from '@tanstack/react-query'

/**
 * With the fifth of a second in which the server looks and the answer's own way, what happened second is shown within a second too; and a query is asked
 * one and a half times a second at most, however much happens.
 */
const askAgainMs = 700

interface Asking {
  /** Asks a query at once, or once more after the last time when that was just now. */
  ask(queryKey: QueryKey): void
  /** Asks nothing any more. */
  stop(): void
}

/** Has queries asked again, each at once after the first event and once more after the last, and no oftener than every `askAgainMs`. */
export function askingAgain(invalidate: (queryKey: QueryKey) => void): Asking {
  const due = new Map<string, { timer: ReturnType<typeof setTimeout>; again: boolean }>()
  function ask(queryKey: QueryKey): void {
    const name = JSON.stringify(queryKey)
    const known = due.get(name)
    if (known) {
      known.again = true
      return
    }
    invalidate(queryKey)
    const entry = {
      again: false,
      timer: setTimeout(() => {
        due.delete(name)
        if (entry.again) ask(queryKey)
      }, askAgainMs),
    }
    due.set(name, entry)
  }
  return {
    ask,
    stop() {
      for (const { timer } of due.values()) clearTimeout(timer)
      due.clear()
    },
  }
}
