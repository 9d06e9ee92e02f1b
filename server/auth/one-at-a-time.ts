/** Runs what bears the same name one after another in this process, so that attempts made at once cannot all pass before one is counted. */
export function oneAtATime(): <T>(name: string, run: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>()
  return (name, run) => {
    const before = tails.get(name) ?? Promise.resolve()
    const mine = before.then(run, run)
    const tail = mine
      .catch(() => {})
      .then(() => {
        if (tails.get(name) === tail) tails.delete(name)
      })
    tails.set(name, tail)
    return mine
  }
}
