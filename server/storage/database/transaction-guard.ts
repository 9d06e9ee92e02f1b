import { AsyncLocalStorage } from 'node:async_hooks'

/** Marks the asynchronous context of an open transaction, so that what must not happen inside one throws at once. */
export function transactionGuard() {
  const open = new AsyncLocalStorage<true>()
  return {
    /** @throws Error when the caller is inside an open transaction */
    assertOutsideTransaction(what: string): void {
      if (open.getStore()) throw new Error(`${what} inside an open transaction: it would wait for itself for ever.`)
    },
    guarded: <T>(run: () => Promise<T>): Promise<T> => open.run(true, run),
  }
}
