import type { Link } from '../parsing/document.ts'
import { byCodeUnits, stableJson } from './content.ts'
import { linkFeature } from './features.ts'
import { bearersOfAddresses, textsOfAtoms } from './stored.ts'
import { type Pathway, touchedAtoms, type Wiring, type WiringPlan } from './wiring.ts'

/**
 * references and related: an occurrence of A declares a link whose target is the address of an occurrence of B. Found from either
 * side, whichever comes last. Several links of a kind between the same two are one pathway; evidence is the first in a fixed order.
 */
export async function planLinks({ tx, enterpriseId, change, view }: Wiring): Promise<WiringPlan> {
  const touched = touchedAtoms(change)
  const best = new Map<string, { order: string; pathway: Pathway }>()
  const put = (source: number, target: number, link: Link): void => {
    // A section that links to itself says nothing; a control that its catalogue relates to itself is kept as the catalogue has it.
    if (source === target && link.kind !== 'related') return
    const order = stableJson([link.target, link.label ?? null])
    const key = `${source} ${target} ${link.kind}`
    const known = best.get(key)
    if (known && byCodeUnits(known.order, order) <= 0) return
    const evidence = link.kind === 'related' ? { target: link.target } : { label: link.label ?? link.target, target: link.target }
    best.set(key, { order, pathway: { source, target, kind: link.kind, weight: 1, evidence } })
  }

  const addressed = new Map<string, number[]>()
  for (const [number, state] of change.after) {
    for (const address of state.addresses) addressed.set(address, [...(addressed.get(address) ?? []), number])
  }
  const wanted = new Set<string>()
  for (const state of change.after.values()) for (const { target } of state.atom.relationships) wanted.add(target)
  const stored = await bearersOfAddresses(tx, enterpriseId, [...wanted])
  for (const [number, state] of change.after) {
    for (const link of state.atom.relationships) {
      for (const bearer of stored.get(link.target) ?? []) if (!touched.has(bearer)) put(number, bearer, link)
      for (const bearer of addressed.get(link.target) ?? []) put(number, bearer, link)
    }
  }

  const callers = new Map<string, number[]>()
  const features = [...addressed.keys()].flatMap((target) => [linkFeature({ kind: 'references', target }), linkFeature({ kind: 'related', target })])
  for (const [feature, numbers] of view.postings(features)) {
    const others = numbers.filter((number) => !touched.has(number))
    if (others.length > 0) callers.set(feature, others)
  }
  if (callers.size > 0) {
    for (const { number, relationships } of await textsOfAtoms(tx, enterpriseId, new Set([...callers.values()].flat()))) {
      for (const link of relationships) for (const bearer of addressed.get(link.target) ?? []) put(number, bearer, link)
    }
  }
  return { kinds: ['references', 'related'], sources: touched, targets: touched, pathways: [...best.values()].map(({ pathway }) => pathway) }
}
