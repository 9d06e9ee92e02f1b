import { type AuditRecord, commitmentTo, leafOf, type PersonalValues } from './audit-record.ts'
import { base64, equal, fromBase64, hex } from './bytes.ts'
import { type Checkpoint, verifyCheckpoint } from './checkpoint.ts'
import { appendLeaf, rootOfFrontier, verifyInclusion } from './merkle.ts'
import { decodeVerifierKey } from './note.ts'

/** Format of an exported log: JSON lines, a header, the keys, then a line a row. */
export const exportFormat = 'aia-audit/1'

/** Line 1: what the rows are checked against. */
export interface ExportHeader {
  format: typeof exportFormat
  /** The signed note (C2SP tlog-checkpoint). */
  checkpoint: string
  exported_at: string
}

/** Line 2: verifier keys (C2SP signed-note). Compare them with those you know: a forger signs with keys of their own. */
export interface ExportKeys {
  keys: string[]
}

/** Every line after that. It stands alone: with the header and the keys, each row can be verified without the others. */
export interface ExportRow {
  entry: AuditRecord
  /** RFC 6962 audit path to the checkpoint's root, base64. */
  proof: string[]
  /** What the row's commitments hide. Erased values are missing. */
  personal: (PersonalValues & { person: string })[]
}

export interface ExportProblem {
  kind: 'format' | 'signature' | 'altered' | 'removed' | 'reordered' | 'repeated' | 'personal'
  /** The row it is about, where it is about one. */
  sequence: number | null
  detail: string
}

export interface ExportReport {
  ok: boolean
  origin: string | null
  signedAt: string | null
  /** Rows of the log at the checkpoint, and rows in the file. */
  size: number | null
  rows: number
  /** Root as the checkpoint has it, base64. */
  root: string | null
  keys: string[]
  /** At most 1,000; `problemCount` has them all. */
  problems: ExportProblem[]
  problemCount: number
}

const shownProblems = 1_000

/** Takes the lines of an exported log one by one, then says whether it is whole. Pure: the same in the browser and on the command line. */
export class ExportVerifier {
  #line = 0
  #header: ExportHeader | undefined
  #keys: string[] = []
  #head: (Checkpoint & { signedAt: Date }) | undefined
  #rows: { sequence: number; leaf: Uint8Array; proof: string[] }[] = []
  #problems: ExportProblem[] = []
  #problemCount = 0

  /** `trusted`: verifier keys known from elsewhere, that must be the ones that signed. */
  constructor(readonly trusted: readonly string[] = []) {}

  #found(kind: ExportProblem['kind'], sequence: number | null, detail: string): void {
    this.#problemCount += 1
    if (this.#problems.length < shownProblems) this.#problems.push({ kind, sequence, detail })
  }

  line(text: string): void {
    if (text.trim() === '') return
    this.#line += 1
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      value = undefined
    }
    if (this.#line === 1) this.#readHeader(value as ExportHeader | undefined)
    else if (this.#line === 2) this.#readKeys(value as ExportKeys | undefined)
    else this.#readRow(value as ExportRow | undefined)
  }

  #readHeader(header: ExportHeader | undefined): void {
    if (header?.format === exportFormat && typeof header.checkpoint === 'string') this.#header = header
    else this.#found('format', null, `The first line is not the header of an exported audit log (${exportFormat}).`)
  }

  #readKeys(keys: ExportKeys | undefined): void {
    if (!Array.isArray(keys?.keys)) {
      this.#found('format', null, 'The second line does not hold the verifier keys.')
      return
    }
    this.#keys = keys.keys.map(String)
    if (!this.#header) return
    for (const key of this.trusted)
      if (!this.#keys.includes(key)) this.#found('signature', null, 'The file is signed with other keys than the given ones.')
    try {
      this.#head = verifyCheckpoint(this.#header.checkpoint, this.#keys.map(decodeVerifierKey))
    } catch (error) {
      this.#found('signature', null, error instanceof Error ? error.message : 'The checkpoint cannot be verified.')
    }
  }

  #readRow(row: ExportRow | undefined): void {
    const sequence = row?.entry?.sequence
    if (!row || typeof sequence !== 'number' || !Array.isArray(row.proof) || !Array.isArray(row.entry.personal)) {
      this.#rows.push({ sequence: Number.NaN, leaf: new Uint8Array(32), proof: [] }) // named by its place
      return
    }
    this.#rows.push({ sequence, leaf: leafOf(row.entry), proof: row.proof })
    const committed = new Map(row.entry.personal.map(({ person, digest }) => [person, digest]))
    for (const { person, salt, values } of Array.isArray(row.personal) ? row.personal : []) {
      let digest: string | undefined
      try {
        digest = commitmentTo({ salt, values })
      } catch {
        digest = undefined
      }
      if (digest === undefined || committed.get(person) !== digest)
        this.#found('personal', sequence, `Personal values of row ${sequence} are not those that were recorded.`)
    }
  }

  /** The verdict. When everything is in place one pass over the leaves is enough; otherwise each row's own proof tells which are genuine. */
  report(): ExportReport {
    if (this.#line < 2) this.#found('format', null, 'The file ends before its keys.')
    const head = this.#head
    if (head && !this.#isWhole(head)) this.#locate(head)
    return {
      ok: this.#problemCount === 0,
      origin: head?.origin ?? null,
      signedAt: head?.signedAt.toISOString() ?? null,
      size: head?.size ?? null,
      rows: this.#rows.length,
      root: head ? base64(head.root) : null,
      keys: this.#keys,
      problems: this.#problems,
      problemCount: this.#problemCount,
    }
  }

  #isWhole({ size, root }: Checkpoint): boolean {
    if (this.#rows.length !== size || this.#rows.some(({ sequence }, index) => sequence !== index + 1)) return false
    let frontier: Uint8Array[] = []
    this.#rows.forEach(({ leaf }, index) => {
      frontier = appendLeaf(index, frontier, leaf).frontier
    })
    return equal(rootOfFrontier(frontier), root)
  }

  #locate({ size, root }: Checkpoint): void {
    const seen = new Set<number>()
    const forged: { claimed: number; place: number }[] = []
    let highest = 0
    this.#rows.forEach(({ sequence, leaf, proof }, index) => {
      if (!verifyInclusion(leaf, sequence - 1, size, hashes(proof), root)) {
        forged.push({ claimed: sequence, place: index + 1 })
        return
      }
      if (seen.has(sequence)) this.#found('repeated', sequence, `Row ${sequence} stands in the file more than once.`)
      else if (sequence < highest) this.#found('reordered', sequence, `Row ${sequence} stands after row ${highest}.`)
      seen.add(sequence)
      highest = Math.max(highest, sequence)
    })
    const missing = new Set(Array.from({ length: size }, (_, index) => index + 1).filter((sequence) => !seen.has(sequence)))
    for (const { claimed, place } of forged) {
      // A row that lies about its number is named by its place.
      const row = [claimed, place].find((sequence) => missing.delete(sequence)) ?? place
      this.#found('altered', row, `Row ${row} is not what was recorded.`)
    }
    for (const sequence of missing) this.#found('removed', sequence, `Row ${sequence} is missing.`)
    // Every row genuine and in place, but another tree: impossible without a broken hash, and never to be called whole.
    if (this.#problemCount === 0) this.#found('signature', null, `The rows do not add up to the root ${hex(root)} of the checkpoint.`)
  }
}

function hashes(proof: readonly string[]): Uint8Array[] {
  try {
    return proof.map((step) => fromBase64(String(step)))
  } catch {
    return [new Uint8Array()] // never a path of a genuine row
  }
}
