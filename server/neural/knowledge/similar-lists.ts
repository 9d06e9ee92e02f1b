import type { LexicalIndex } from '../lexical/lexical-index.ts'

/** An atom in another's list of similar ones; `weight` has three decimals. */
export interface Similar {
  number: number
  weight: number
}

/** The nearest of all atoms that are similar to one: by weight, then by content hash. */
export interface SimilarList {
  members: readonly Similar[]
  /** True when there is no other. */
  whole: boolean
}

/**
 * Most members that are remembered. More than the five that are stored, so that a list which loses a member seldom has to be made
 * again (Yi et al., "Efficient maintenance of materialized top-k views", ICDE 2003).
 */
export const mostRemembered = 10

/** For one change of knowledge: what is known of lists of similar atoms, and what becomes of them. */
export interface SimilarLists {
  /** A list as it is before the change, undefined when nobody has looked. */
  get(number: number): SimilarList | undefined
  /** True when a list is known to have no place for a member of this weight: no more need be asked. */
  refuses(number: number, weight: number): boolean
  /** Remembers a list as it is before the change. */
  know(number: number, list: SimilarList): void
  /** What the change makes of a list; null when its atom goes. */
  set(number: number, list: SimilarList | null): void
  /** The order of an atom among those of equal weight, undefined when nobody has looked. */
  rank(number: number): number | undefined
  /** Remembers the content hash of an atom that stands before the change. */
  knowHash(number: number, contentHash: string): void
  /** The content hash of an atom that comes. */
  setHash(number: number, contentHash: string): void
}

const unknown = 0xff
const gone = 0xfe
const isWhole = 0x80
// Together about 80 bytes an atom.
const mostAtoms = 2_000_000

/** The first 52 bits, which a number holds exactly. That two atoms of one list agree in them and in their weight is not to be feared. */
const rankOf = (contentHash: string): number => Number.parseInt(contentHash.slice(0, 13), 16)

/** Lists and ranks by atom number, in arrays: objects would take ten times the room. */
class Memory {
  #counts = new Uint8Array(0)
  #members = new Int32Array(0)
  #thousandths = new Uint16Array(0)
  #ranks = new Float64Array(0)

  get size(): number {
    return this.#counts.length
  }

  get(number: number): SimilarList | undefined {
    const mark = this.#counts[number] ?? unknown
    if (mark >= gone) return undefined
    const from = number * mostRemembered
    const members: Similar[] = []
    for (let i = from; i < from + (mark & ~isWhole); i++) {
      const number = this.#members[i] as number
      if (this.#counts[number] !== gone) members.push({ number, weight: (this.#thousandths[i] as number) / 1_000 })
    }
    return { members, whole: (mark & isWhole) !== 0 }
  }

  refuses(number: number, weight: number): boolean {
    const mark = this.#counts[number] ?? unknown
    if (mark === 0 || (mark & isWhole) !== 0) return false
    return Math.round(weight * 1_000) < (this.#thousandths[number * mostRemembered + mark - 1] as number)
  }

  set(number: number, list: SimilarList | null): void {
    this.#reach(number)
    this.#counts[number] = list ? list.members.length | (list.whole ? isWhole : 0) : gone
    for (const [i, member] of (list?.members ?? []).entries()) {
      this.#members[number * mostRemembered + i] = member.number
      this.#thousandths[number * mostRemembered + i] = Math.round(member.weight * 1_000)
    }
  }

  rank(number: number): number | undefined {
    const rank = this.#ranks[number] ?? -1
    return rank < 0 ? undefined : rank
  }

  setRank(number: number, rank: number): void {
    this.#reach(number)
    this.#ranks[number] = rank
  }

  #reach(number: number): void {
    const before = this.size
    if (number < before) return
    const size = Math.max(1_024, 2 * number)
    const grown = <T extends Uint8Array | Int32Array | Uint16Array | Float64Array>(array: T, larger: T): T => {
      larger.set(array)
      return larger
    }
    this.#counts = grown(this.#counts, new Uint8Array(size)).fill(unknown, before)
    this.#members = grown(this.#members, new Int32Array(size * mostRemembered))
    this.#thousandths = grown(this.#thousandths, new Uint16Array(size * mostRemembered))
    this.#ranks = grown(this.#ranks, new Float64Array(size)).fill(-1, before)
  }
}

interface Known {
  /** The state of knowledge that `memory` belongs to. */
  state: string | null
  memory: Memory
  /** What the latest change makes of it; it holds if that change was committed, which the next one sees. */
  pending: { state: string; lists: Map<number, SimilarList | null>; ranks: Map<number, number> } | null
}

const perIndex = new WeakMap<LexicalIndex, Map<string, Known>>()

/**
 * Lists of similar atoms, remembered in the process: an atom that comes is offered to hundreds of them and joins few, so most need
 * not be read. They belong to one state of knowledge; a change that was rolled back, or made by another process, is seen by the
 * state's name, and then nothing is known.
 * @param before name of the state that this change starts from, null when there is none
 * @param now name of the state that it makes
 */
export function rememberedLists(index: LexicalIndex, enterpriseId: string, before: string | null, now: string): SimilarLists {
  const all = perIndex.get(index) ?? new Map<string, Known>()
  perIndex.set(index, all)
  let known = all.get(enterpriseId)
  if (known?.pending && known.pending.state === before) {
    for (const [number, list] of known.pending.lists) known.memory.set(number, list)
    for (const [number, rank] of known.pending.ranks) known.memory.setRank(number, rank)
    known.state = before
  }
  if (!known || known.state !== before) known = { state: before, memory: new Memory(), pending: null }
  // To the end: the enterprise that has not changed for longest is forgotten first.
  all.delete(enterpriseId)
  all.set(enterpriseId, known)
  let held = [...all.values()].reduce((sum, { memory }) => sum + memory.size, 0)
  for (const [id, { memory }] of all) {
    if (held <= mostAtoms || id === enterpriseId) break
    all.delete(id)
    held -= memory.size
  }
  const pending = { state: now, lists: new Map<number, SimilarList | null>(), ranks: new Map<number, number>() }
  known.pending = pending
  return changing(known.memory, pending)
}

/** Lists for a change that is never made, such as a preview: nothing is known before, and nothing is remembered. */
export const forgottenLists = (): SimilarLists => changing(new Memory(), { lists: new Map(), ranks: new Map() })

function changing(memory: Memory, pending: Omit<NonNullable<Known['pending']>, 'state'>): SimilarLists {
  return {
    get: (number) => memory.get(number),
    refuses: (number, weight) => memory.refuses(number, weight),
    know: (number, list) => memory.set(number, list),
    set: (number, list) => void pending.lists.set(number, list),
    rank: (number) => pending.ranks.get(number) ?? memory.rank(number),
    knowHash: (number, contentHash) => memory.setRank(number, rankOf(contentHash)),
    setHash: (number, contentHash) => void pending.ranks.set(number, rankOf(contentHash)),
  }
}
