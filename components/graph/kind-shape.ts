import { domainSlot } from '@/components/ui/domain'

/** Kinds that every enterprise has, so that they never share a shape. Places in `shapes` of components/ui/domain.tsx. */
const known: Readonly<Record<string, number>> = { paragraph: 0, document: 1, package: 2, control: 3, section: 4, row: 5, resource: 6, passage: 7 }

/** The shape of a kind of atom, in the scene and in its legend: a place in `shapes`, the same for the same name everywhere. */
export const kindShape = (name: string): number => known[name] ?? domainSlot(name).shape
