import type { ScheduleDefinition } from '../jobs/port.ts'
import { type Keyring, keyRotationDays } from './keyring.ts'

/** Rotates the keys of the keyring once the one that seals is 90 days old; otherwise does nothing. */
export async function rotateWhenDue(keyring: Keyring, now = Date.now()): Promise<boolean> {
  if (now - keyring.state().since.getTime() < keyRotationDays * 86_400_000) return false
  await keyring.rotate()
  return true
}

export const cryptoSchedules: readonly ScheduleDefinition[] = [
  { name: 'rotate-data-keys', cron: '43 3 * * *', daily: true, run: async ({ keyring }) => void (await rotateWhenDue(keyring)) },
]
