import type { LexicalIndex } from '../lexical/lexical-index.ts'

/** For one change of knowledge: what is known of the last weight of the lists of similar atoms, and what becomes of it. */
export interface Floors {
  /** Weight of the last member of a full list, 0 when the list has room, undefined when nobody has looked. */
  get(number: number): number | undefined
  set(number: number, floor: number): void
}

interface Known {
  /** The state of knowledge that `floors` belong to. */
  state: string | null
  /** Thousandths by atom number. */
  floors: Uint16Array
  /** What the latest change made of it; it holds if that change was committed, which the next one sees. */
  pending: { state: string; changes: Map<number, number> } | null
}

const unknown = 0xffff
const perIndex = new WeakMap<LexicalIndex, Map<string, Known>>()

/**
 * The last weights of all lists, remembered in the process: an atom that comes is offered to hundreds of lists and joins few of them,
 * so most need not be read. Belongs to one state of knowledge; a change that was rolled back, or made by another process, is seen by
 * the state's name, and then nothing is known.
 * @param before name of the state that this change starts from, null when there is none
 * @param now name of the state that it makes
 */
export function similarFloors(index: LexicalIndex, enterpriseId: string, before: string | null, now: string): Floors {
  const all = perIndex.get(index) ?? new Map<string, Known>()
  perIndex.set(index, all)
  let known = all.get(enterpriseId)
  if (known?.pending && known.pending.state === before) {
    for (const [number, floor] of known.pending.changes) write(known, number, floor)
    known.state = before
  }
  if (!known || known.state !== before) known = { state: before, floors: new Uint16Array(0), pending: null }
  all.set(enterpriseId, known)
  const changes = new Map<number, number>()
  known.pending = { state: now, changes }
  const { floors } = known
  return {
    get(number) {
      const floor = floors[number] ?? unknown
      return floor === unknown ? undefined : floor / 1_000
    },
    set: (number, floor) => void changes.set(number, floor),
  }
}

function write(known: Known, number: number, floor: number): void {
  if (number >= known.floors.length) {
    const larger = new Uint16Array(Math.max(1_024, 2 * number)).fill(unknown)
    larger.set(known.floors)
    known.floors = larger
  }
  known.floors[number] = Math.round(floor * 1_000)
}
