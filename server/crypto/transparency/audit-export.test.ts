import { spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ed25519 } from '@noble/curves/ed25519.js'
import { shake128 } from '@noble/hashes/sha3.js'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { afterAll, describe, expect, it } from 'vitest'
import { type ExportKeys, type ExportRow, ExportVerifier, exportFormat } from './audit-export.ts'
import { type AuditRecord, commitmentTo, leafOf } from './audit-record.ts'
import { base64, hex, utf8 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import { checkMlDsa44, publicKeysOf, signCheckpoint, verifierKeysOf, verifyCheckpoint } from './checkpoint.ts'
import { appendLeaf, hashOfRange, inclusionPath, rootOfFrontier } from './merkle.ts'
import { decodeVerifierKey, encodeVerifierKey, parseNote, signatureTypes, verifierKey } from './note.ts'

const origin = 'aia.example/audit/6f9619ff'
const seeds = () => ({ ed25519: new Uint8Array(randomBytes(32)), mlDsa44: new Uint8Array(randomBytes(32)) })

/** An exported log of `size` rows, as the server writes it. */
function exported(size: number, own = seeds()): string[] {
  const rows = Array.from({ length: size }, (_, index) => {
    const opened = { salt: hex(randomBytes(32)), values: { address: `192.0.2.${index % 256}` } }
    const person = `person-${index % 3}`
    const entry: AuditRecord = {
      sequence: index + 1,
      id: `row-${index}`,
      enterprise_id: 'e',
      at: new Date(1_780_000_000_000 + index).toISOString(),
      actor: person,
      impersonator: null,
      operation: 'neural.addSources',
      target: null,
      request_id: 'r',
      outcome: 'done',
      before: null,
      after: null,
      detail: { n: index },
      personal: [{ person, digest: commitmentTo(opened) }],
    }
    return { entry, personal: [{ person, ...opened }] }
  })
  const nodes = new Map<string, Uint8Array>()
  let frontier: Uint8Array[] = []
  rows.forEach(({ entry }, index) => {
    nodes.set(`0/${index}`, leafOf(entry))
    const grown = appendLeaf(index, frontier, leafOf(entry))
    for (const node of grown.completed) nodes.set(`${node.level}/${node.index}`, node.hash)
    frontier = grown.frontier
  })
  const proof = (index: number) => inclusionPath(index, size).map((range) => base64(hashOfRange(range, (level, i) => nodes.get(`${level}/${i}`)!)))
  const checkpoint = signCheckpoint({ origin, size, root: rootOfFrontier(frontier) }, own, new Date('2026-06-01T12:00:00Z'))
  const keys = verifierKeysOf(origin, publicKeysOf(own)).map(encodeVerifierKey)
  return [
    JSON.stringify({ format: exportFormat, checkpoint, exported_at: '2026-06-01T12:00:01Z' }),
    JSON.stringify({ keys }),
    ...rows.map((row, index) => JSON.stringify({ ...row, proof: proof(index) })),
  ]
}

function verify(lines: readonly string[], trusted: readonly string[] = []) {
  const verifier = new ExportVerifier(trusted)
  for (const line of lines) verifier.line(line)
  return verifier.report()
}
const found = (lines: readonly string[]) => verify(lines).problems.map(({ kind, sequence }) => `${kind} ${sequence}`)
const changed = (line: string, change: (row: ExportRow) => unknown): string => {
  const row = JSON.parse(line) as ExportRow
  change(row)
  return JSON.stringify(row)
}

describe('signed notes and checkpoints', () => {
  it('verifies the published note with the published key', () => {
    const key = decodeVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const note = parseNote(
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    )
    expect(hex(note.signatures[0]!.keyId)).toBe(hex(key.keyId))
    expect(ed25519.verify(note.signatures[0]!.signature, utf8(note.text), key.publicKey)).toBe(true)
    expect(encodeVerifierKey(verifierKey(key.name, signatureTypes.ed25519, key.publicKey))).toBe(encodeVerifierKey(key))
    expect(() => decodeVerifierKey('example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')).toThrow('id')
  })

  it('computes ML-DSA-44 as the accumulated vectors of CCTV say', () => {
    const [input, answer] = [shake128.create({}), shake128.create({ dkLen: 32 })]
    for (let round = 0; round < 100; round++) {
      const { publicKey, secretKey } = ml_dsa44.keygen(input.xof(32))
      answer.update(publicKey).update(ml_dsa44.sign(new Uint8Array(), secretKey, { extraEntropy: false }))
    }
    expect(hex(answer.xof(32))).toBe('d51148e1f9f4fa1a723a6cf42e25f2a99eb5c1b378b3d2dbbd561b1203beeae4')
    expect(checkMlDsa44).not.toThrow()
  })

  it('signs what the specification says, byte for byte', () => {
    const own = seeds()
    const [classic, postQuantum] = verifierKeysOf(origin, publicKeysOf(own))
    const root = new Uint8Array(32).fill(7)
    const note = signCheckpoint({ origin, size: 300, root }, own, new Date(1_780_000_000_999))
    const [text, lines] = note.split('\n\n') as [string, string]
    expect(`${text}\n`).toBe(`${origin}\n300\n${base64(root)}\n`)
    expect(lines.split('\n').every((line) => line === '' || line.startsWith(`— ${origin} `))).toBe(true)
    const { signatures } = parseNote(note)
    expect(ed25519.verify(signatures[0]!.signature, utf8(`${text}\n`), classic!.publicKey)).toBe(true)
    const message = Buffer.concat([
      Buffer.from('subtree/v1\n\0'),
      Buffer.from([origin.length]),
      Buffer.from(origin),
      u64(1_780_000_000),
      Buffer.from([origin.length]),
      Buffer.from(origin),
      u64(0),
      u64(300),
      root,
    ])
    expect(Buffer.from(signatures[1]!.signature.subarray(0, 8))).toEqual(u64(1_780_000_000))
    expect(ml_dsa44.verify(signatures[1]!.signature.slice(8), message, postQuantum!.publicKey)).toBe(true)
    expect(verifyCheckpoint(note, [classic!, postQuantum!])).toMatchObject({ origin, size: 300, signedAt: new Date(1_780_000_000_000) })
  })

  it('refuses a checkpoint that was altered, stripped of one signature, or put together from two', () => {
    const own = seeds()
    const keys = verifierKeysOf(origin, publicKeysOf(own))
    const sign = (size: number, at = 0) => signCheckpoint({ origin, size, root: new Uint8Array(32).fill(size) }, own, new Date(at))
    const [three, four] = [sign(3), sign(4)]
    const parts = (note: string) => note.split('\n')
    expect(() => verifyCheckpoint(three.replace('\n3\n', '\n4\n'), keys)).toThrow('Ed25519 signature')
    const without = (index: number) =>
      parts(three)
        .filter((_, i) => i !== index)
        .join('\n')
    expect(() => verifyCheckpoint(without(4), keys)).toThrow('lacks the Ed25519')
    expect(() => verifyCheckpoint(without(5), keys)).toThrow('lacks the ML-DSA-44')
    const swapped = parts(three)
      .map((line, index) => (index === 5 ? parts(four)[5]! : line))
      .join('\n')
    expect(() => verifyCheckpoint(swapped, keys)).toThrow('ML-DSA-44 signature')
    expect(() => verifyCheckpoint(three, keys.slice(0, 1))).toThrow('needs an Ed25519 and an ML-DSA-44')
    for (const other of ['', 'x', '\n\n', three.slice(0, -1), three.replace('— ', '- ')]) expect(() => verifyCheckpoint(other, keys)).toThrow()
  })
})

const u64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

describe('an exported log', () => {
  it('is whole as it was written, at every size', () => {
    for (const size of [0, 1, 2, 3, 7, 8, 33]) expect(verify(exported(size))).toMatchObject({ ok: true, size, rows: size, origin, problems: [] })
  })

  it('names the rows that were altered, removed, repeated, reordered or cut off, whatever they are', () => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
    console.log(`seed ${seed}`)
    let state = seed
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % below
    }
    const size = 21
    const lines = exported(size)
    for (let round = 0; round < 40; round++) {
      const at = 2 + random(size)
      const row = at - 1
      const other = 2 + ((at - 2 + 1 + random(size - 1)) % size)
      expect(
        found(
          lines.map((line, i) =>
            i === at
              ? changed(line, ({ entry }) => {
                  entry.target = 'forged'
                })
              : line,
          ),
        ),
      ).toEqual([`altered ${row}`])
      expect(found(lines.filter((_, i) => i !== at))).toEqual([`removed ${row}`])
      expect(found(lines.flatMap((line, i) => (i === at ? [line, line] : [line])))).toEqual([`repeated ${row}`])
      expect(found(lines.slice(0, at))).toEqual(Array.from({ length: size - row + 1 }, (_, n) => `removed ${row + n}`))
      const moved = lines.filter((_, i) => i !== at)
      moved.splice(other, 0, lines[at]!)
      const named = found(moved)
      expect(named.length).toBeGreaterThan(0)
      expect(named.every((each) => each.startsWith('reordered'))).toBe(true)
      if (other > at) expect(named).toEqual([`reordered ${row}`])
    }
  })

  it('names a row whose number, proof or time was changed, and both of two that changed places with their numbers', () => {
    const lines = exported(12)
    const edit = (at: number, change: (row: ExportRow) => unknown) => found(lines.map((line, i) => (i === at + 1 ? changed(line, change) : line)))
    // The row itself is what was recorded, whatever its proof says.
    expect(edit(5, ({ proof }) => proof.splice(0, 1, base64(new Uint8Array(32))))).toEqual([])
    expect(
      edit(5, ({ entry }) => {
        entry.at = entry.at.replace('.', '.9')
      }),
    ).toEqual(['altered 5'])
    expect(
      edit(5, ({ entry }) => {
        entry.sequence = 9
      }),
    ).toEqual(['altered 5'])
    expect(
      edit(5, ({ entry }) => {
        entry.personal = []
      }),
    ).toEqual(['personal 5', 'altered 5'])
    const [a, b] = [JSON.parse(lines[4]!) as ExportRow, JSON.parse(lines[8]!) as ExportRow]
    ;[a.entry.sequence, b.entry.sequence] = [b.entry.sequence, a.entry.sequence]
    const swapped = lines.map((line, i) => (i === 4 ? JSON.stringify(b) : i === 8 ? JSON.stringify(a) : line))
    expect(found(swapped)).toEqual(['altered 3', 'altered 7'])
    expect(found(lines.map((line, i) => (i === 6 ? '{broken' : line)))).toEqual(['altered 5'])
    expect(verify(lines.map((line, i) => (i === 6 ? '{broken' : line))).ok).toBe(false)
  })

  it('names personal values that are not those of the row, and does without erased ones', () => {
    const lines = exported(5)
    const edit = (change: (row: ExportRow) => unknown) => found(lines.map((line, i) => (i === 3 ? changed(line, change) : line)))
    expect(
      edit(({ personal }) => {
        personal[0]!.values.address = '198.51.100.1'
      }),
    ).toEqual(['personal 2'])
    expect(
      edit(({ personal }) => {
        personal[0]!.salt = 'zz'
      }),
    ).toEqual(['personal 2'])
    expect(
      edit((row) => {
        row.personal = []
      }),
    ).toEqual([])
  })

  it('is refused with the signatures or keys of another log', () => {
    const [mine, theirs] = [exported(6), exported(6)]
    expect(found([theirs[0]!, ...mine.slice(1)])).toContain('signature null')
    expect(found([theirs[0]!, theirs[1]!, ...mine.slice(2)]).filter((each) => each.startsWith('altered'))).toHaveLength(6)
    const { keys } = JSON.parse(mine[1]!) as ExportKeys
    expect(found([mine[0]!, JSON.stringify({ keys: keys.slice(0, 1) }), ...mine.slice(2)])).toContain('signature null')
    expect(verify(theirs, keys).ok).toBe(false)
    expect(verify(mine, keys).ok).toBe(true)
    expect(found([])).toEqual(['format null'])
    expect(found(['{}', '{}'])).toEqual(['format null', 'format null'])
  })

  it('has one spelling of a value', () => {
    expect(canonicalJson({ b: [1, 1e21, -0, 'é\u2028"'], a: { '\ud83d\ude00': null, '\ufb33': true, A: undefined } })).toBe(
      '{"a":{"\ud83d\ude00":null,"\ufb33":true},"b":[1,1e+21,0,"é\u2028\\""]}',
    )
  })
})

describe('npm run audit:verify', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aia-verify-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const run = (lines: readonly string[], ...more: string[]) => {
    const file = join(folder, 'log.jsonl')
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/audit-verify.ts', file, ...more], { encoding: 'utf8' })
    return { status, stdout }
  }

  it('says OK with counts, or names the row', () => {
    const lines = exported(9)
    expect(run(lines)).toMatchObject({ status: 0, stdout: expect.stringContaining('OK: 9 rows') })
    const forged = lines.map((line, i) =>
      i === 5
        ? changed(line, ({ entry }) => {
            entry.actor = 'nobody'
          })
        : line,
    )
    expect(run(forged)).toMatchObject({ status: 1, stdout: expect.stringContaining('altered: Row 4 is not what was recorded.') })
    expect(run(lines, '--key', 'other+00000000+AA==').status).toBe(1)
  })
})
