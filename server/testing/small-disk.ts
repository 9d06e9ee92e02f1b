import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const mount = (folder: string, megabytes: number) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' })

/** Why a disk of a test's own cannot be had here, or null. */
export const smallDiskMissing: string | null = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'aia-disk-'))
  try {
    mount(folder, 1)
    execFileSync('umount', ['-l', folder])
    return null
  } catch {
    return 'needs the right to mount a tmpfs (Linux, root)'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})()

interface SmallDisk {
  folder: string
  /** Takes all room that is left. */
  fill(): void
  /** Gives it back. */
  free(): void
  remove(): void
}

/** A disk of so many megabytes, in memory. */
export function smallDisk(megabytes: number): SmallDisk {
  const root = mkdtempSync(join(tmpdir(), 'aia-disk-'))
  mount(root, megabytes)
  const [folder, ballast] = [join(root, 'data'), join(root, 'ballast')]
  mkdirSync(folder)
  return {
    folder,
    fill() {
      const { bavail, bsize } = statfsSync(root)
      writeFileSync(ballast, Buffer.alloc(bavail * bsize))
    },
    free: () => rmSync(ballast),
    remove() {
      execFileSync('umount', ['-l', root])
      rmSync(root, { recursive: true, force: true })
    },
  }
}
