import { sql } from 'drizzle-orm'
import { rows } from '../../storage/database/port.ts'
import { type Phrase, phrases } from '../lexical/phrases.ts'
import { phraseFeature } from './features.ts'
import { isMentionable } from './mentionable.ts'
import { bearersOfKeys, numbered, textsOfAtoms, titleKeysOfAtoms } from './stored.ts'
import { type Pathway, roundWeight, touchedAtoms, type Wiring, type WiringPlan } from './wiring.ts'

/** A key that more atoms bear names none of them. */
export const mostBearers = 5

/** How much a mention says: more for a long name, less for one that several atoms bear. */
export const mentionWeight = (key: string, bearers: number): number => roundWeight((1 - Math.exp(-key.length / 8)) / Math.sqrt(bearers))

/**
 * mentions: a name in A's text is the title key of B. Nothing when more than five atoms bear the key, and nothing when B contains
 * A directly: a section that names its own document says nothing new. Exact when bearers come and go: all pathways of an atom
 * whose key gains or loses a bearer around that limit are planned again.
 */
export async function planMentions(wiring: Wiring): Promise<WiringPlan> {
  const { change, view } = wiring
  const touched = touchedAtoms(change)
  const bearers = new Bearers(wiring, touched)

  // Names in the texts of the atoms that changed, and keys whose bearers changed.
  const named = new Set<string>()
  for (const state of change.after.values()) for (const { key } of state.names) named.add(key)
  const moved = new Set<string>()
  for (const number of touched) {
    const old = new Set(change.before.get(number)?.titleKeys)
    const now = new Set(change.after.get(number)?.titleKeys)
    for (const key of old) if (!now.has(key)) moved.add(key)
    for (const key of now) if (!old.has(key)) moved.add(key)
  }
  await bearers.load([...named, ...moved])

  const targets = new Set<number>()
  for (const key of moved) {
    const was = bearers.before(key)
    const is = bearers.after(key)
    if (was.length <= mostBearers || is.length <= mostBearers) for (const number of [...was, ...is]) targets.add(number)
  }

  const found = new Mentions(bearers)
  for (const [number, state] of change.after) found.read(number, state.names, state.atom.text, new Set(state.parents))

  // Who else names one of the targets: through any of its keys, since the heaviest one counts.
  const keysOf = new Map<number, string[]>()
  const untouched = [...targets].filter((number) => !touched.has(number))
  for (const [number, keys] of await titleKeysOfAtoms(wiring.tx, wiring.enterpriseId, untouched)) keysOf.set(number, keys)
  for (const number of targets) {
    const state = change.after.get(number)
    if (state) keysOf.set(number, state.titleKeys)
  }
  const keys = new Set([...keysOf.values()].flat())
  await bearers.load(keys)
  const lookedUp = [...keys].filter((key) => bearers.after(key).length <= mostBearers)
  const naming = new Set<number>()
  for (const numbers of view.postings(lookedUp.map(phraseFeature)).values())
    for (const number of numbers) if (!touched.has(number)) naming.add(number)
  if (naming.size > 0) {
    const parents = await storedParents(wiring, naming)
    for (const { number, text } of await textsOfAtoms(wiring.tx, wiring.enterpriseId, naming)) {
      found.read(
        number,
        phrases(text).filter(({ key }) => isMentionable(key)),
        text,
        parents.get(number) ?? new Set(),
        targets,
      )
    }
  }
  return { kinds: ['mentions'], sources: touched, targets, pathways: [...found.pathways.values()] }
}

/** Who bears a key, before and after the change. Keys that clearly too many bear are cut short, on both sides alike. */
class Bearers {
  readonly #wiring: Wiring
  readonly #touched: ReadonlySet<number>
  readonly #stored = new Map<string, number[]>()
  readonly #old = new Map<string, number[]>()
  readonly #now = new Map<string, number[]>()

  constructor(wiring: Wiring, touched: ReadonlySet<number>) {
    this.#wiring = wiring
    this.#touched = touched
    for (const [number, state] of wiring.change.before) for (const key of state.titleKeys) push(this.#old, key, number)
    for (const [number, state] of wiring.change.after) for (const key of state.titleKeys) push(this.#now, key, number)
  }

  async load(keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !this.#stored.has(key))
    // Enough that more than five untouched ones are seen whenever there are.
    const most = mostBearers + 1 + missing.reduce((most, key) => Math.max(most, this.#old.get(key)?.length ?? 0), 0)
    const found = await bearersOfKeys(this.#wiring.tx, this.#wiring.enterpriseId, missing, most)
    for (const key of missing)
      this.#stored.set(
        key,
        (found.get(key) ?? []).filter((number) => !this.#touched.has(number)),
      )
  }

  before(key: string): number[] {
    return [...(this.#stored.get(key) ?? []), ...(this.#old.get(key) ?? [])]
  }

  after(key: string): number[] {
    return [...(this.#stored.get(key) ?? []), ...(this.#now.get(key) ?? [])]
  }
}

const push = (lists: Map<string, number[]>, key: string, number: number): void => {
  const list = lists.get(key)
  if (list) list.push(number)
  else lists.set(key, [number])
}

class Mentions {
  readonly pathways = new Map<string, Pathway>()
  readonly #bearers: Bearers

  constructor(bearers: Bearers) {
    this.#bearers = bearers
  }

  /** Adds what one text mentions; with `only`, of those targets. */
  read(source: number, names: readonly Phrase[], text: string, parents: ReadonlySet<number>, only?: ReadonlySet<number>): void {
    for (const { key, start, end } of names) {
      const bearers = this.#bearers.after(key)
      if (bearers.length > mostBearers) continue
      const weight = mentionWeight(key, bearers.length)
      for (const target of bearers) {
        if (target === source || parents.has(target) || (only && !only.has(target))) continue
        const place = `${source} ${target}`
        const known = this.pathways.get(place)
        // Names come in order of place; the heaviest stays, among equals the first.
        if (known && known.weight >= weight) continue
        this.pathways.set(place, { source, target, kind: 'mentions', weight, evidence: { phrase: text.slice(start, end), start, end } })
      }
    }
  }
}

/** Which atoms directly contain each of some atoms that the change does not touch. */
async function storedParents({ tx, enterpriseId }: Wiring, numbers: Iterable<number>): Promise<Map<number, Set<number>>> {
  const found = await rows<{ number: number; parent: number }>(
    tx,
    sql`select n.number, o.parent from ${numbered(numbers)} cross join lateral (
        select parent from occurrences where enterprise_id = ${enterpriseId} and atom = n.number and parent is not null offset 0
      ) o`,
  )
  const parents = new Map<number, Set<number>>()
  for (const { number, parent } of found) parents.set(number, (parents.get(number) ?? new Set()).add(parent))
  return parents
}
