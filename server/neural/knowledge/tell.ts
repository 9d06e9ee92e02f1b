import type { Transaction } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import type { Change } from './change.ts'
import { type PathwayChange, touchedAtoms } from './wiring.ts'

/** Tells whoever listens which atoms are no longer what they were, themselves or by the pathways that leave them. */
export async function tellOfChange(tx: Transaction, enterpriseId: string, change: Change, { written, removed }: PathwayChange): Promise<void> {
  const atoms = touchedAtoms(change)
  for (const { source } of written) atoms.add(source)
  for (const { source } of removed) atoms.add(source)
  if (atoms.size > 0) await publish(tx, enterpriseId, { kind: 'knowledge.changed', atoms: [...atoms].sort((a, b) => a - b) })
}
