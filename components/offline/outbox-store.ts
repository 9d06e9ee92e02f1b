import { answered, transact } from './database'
import type { Item, OutboxStore } from './outbox'

/** The outbox in the browser's database, the same for every tab and for the service worker. */
export const outboxStore: OutboxStore = {
  list: () => transact(['outbox'], async (store) => (await answered(store('outbox').getAll())) as Item[]),
  add: (item) => transact(['outbox'], async (store) => ({ ...item, seq: Number(await answered(store('outbox').add(item))) })),
  change: (seq, when, change) =>
    transact(['outbox'], async (store) => {
      const before = (await answered(store('outbox').get(seq))) as Item | undefined
      if (!before || !when(before)) return null
      const after = { ...before, ...change }
      store('outbox').put(after)
      return after
    }),
  remove: (seq) => transact(['outbox'], async (store) => void store('outbox').delete(seq)),
}
