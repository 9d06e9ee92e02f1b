import { statfsSync } from 'node:fs'

/** What AIA leaves free of the disk of its data folder. The engine's log grows by segments of 16 MB, and one that cannot grow stops the process for good. */
const reservedBytes = 64 * 2 ** 20

/** Whether so many bytes may be written below a folder, with the reserve left free. */
export function hasRoom(folder: string, bytes = 0): boolean {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize - bytes >= reservedBytes
}
