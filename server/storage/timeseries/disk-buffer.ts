import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { assertPoint, type Measurement, type Point, type Tags } from './port.ts'

/** Room for half a million points. */
const defaultMaxBytes = 64 * 1024 * 1024
const suffix = '.points'

interface Segment {
  path: string
  bytes: number
  points: number
}

/** Points in files, in the order in which they came. What was appended survives the end of the process and of the machine. */
export interface DiskBuffer {
  readonly points: number
  /**
   * Writes points and waits until the disk has them (fsync). Beyond the bound the oldest go first, a segment at a time.
   * @returns how many were dropped for that
   * @throws when the disk does not take them
   */
  append(points: readonly Point[]): number
  /** The oldest segment; `done` takes it away. Null when there is none. */
  oldest(): Promise<{ points: Point[]; done(): Promise<void> } | null>
  /** Takes over the segments that a process that is gone has left in `folder`. */
  adopt(folder: string): void
}

type Line = [measurement: Measurement, enterpriseId: string, tags: Tags, value: number, time: string]

const encode = (points: readonly Point[]): string =>
  points
    .map(
      ({ measurement, enterpriseId, tags, value, time }) =>
        `${JSON.stringify([measurement, enterpriseId, tags, value, String(time)] satisfies Line)}\n`,
    )
    .join('')

/** A line that a crash tore, or that is none of ours, gives nothing. */
function decode(text: string): Point[] {
  return text.split('\n').flatMap((line) => {
    try {
      const [measurement, enterpriseId, tags, value, time] = JSON.parse(line) as Line
      const point = { measurement, enterpriseId, tags, value, time: BigInt(time) }
      assertPoint(point)
      return [point]
    } catch {
      return []
    }
  })
}

function newlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}

function segmentAt(path: string): Segment {
  return { path, bytes: statSync(path).size, points: newlines(readFileSync(path)) }
}

const segmentsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .sort()

/**
 * A buffer in `folder`, which must be this process's own. It holds at most `maxBytes`, in segments of a sixty-fourth of that.
 */
export function openDiskBuffer(folder: string, { maxBytes = defaultMaxBytes }: { maxBytes?: number } = {}): DiskBuffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const segmentBytes = maxBytes / 64
  let segments = segmentsOf(folder).map((name) => segmentAt(join(folder, name)))
  /** The last segment while it is written to. */
  let open: { descriptor: number; segment: Segment } | undefined
  let made = 0

  const held = (unit: 'bytes' | 'points') => segments.reduce((sum, segment) => sum + segment[unit], 0)

  function seal(): void {
    if (open) closeSync(open.descriptor)
    open = undefined
  }

  function current(): { descriptor: number; segment: Segment } {
    if (open && open.segment.bytes >= segmentBytes) seal()
    if (!open) {
      // Names sort by time, then by their order here, and are nobody else's: the folder of another process may be taken over.
      const name = `${String(Date.now()).padStart(15, '0')}-${String(made++).padStart(6, '0')}-${basename(folder)}${suffix}`
      const segment = { path: join(folder, name), bytes: 0, points: 0 }
      open = { descriptor: openSync(segment.path, 'ax', 0o600), segment }
      segments.push(segment)
    }
    return open
  }

  /** Takes the oldest away until the rest is within the bound; never the one that is written to. */
  function trim(): number {
    let dropped = 0
    while (held('bytes') > maxBytes && segments.length > 1) {
      const [first] = segments as [Segment]
      rmSync(first.path, { force: true })
      segments = segments.slice(1)
      dropped += first.points
    }
    return dropped
  }

  return {
    get points() {
      return held('points')
    },
    append(points) {
      const { descriptor, segment } = current()
      try {
        const bytes = Buffer.from(encode(points))
        for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
        fsyncSync(descriptor)
        segment.bytes += bytes.length
        segment.points += points.length
      } catch (error) {
        // Half a line may stand there now: the next one begins in another file.
        seal()
        Object.assign(segment, segmentAt(segment.path))
        throw error
      }
      return trim()
    },
    async oldest() {
      const [first] = segments
      if (!first) return null
      if (open?.segment === first) seal()
      return {
        points: decode(await readFile(first.path, 'utf8').catch(() => '')),
        async done() {
          await rm(first.path, { force: true })
          segments = segments.filter((segment) => segment !== first)
        },
      }
    },
    adopt(other) {
      for (const name of segmentsOf(other)) {
        const path = join(folder, name)
        renameSync(join(other, name), path)
        segments.push(segmentAt(path))
      }
      // The one that is written to stays the last: its name is the youngest of ours.
      segments.sort((a, b) => Number(a === open?.segment) - Number(b === open?.segment) || (basename(a.path) < basename(b.path) ? -1 : 1))
    },
  }
}
