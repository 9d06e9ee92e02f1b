import { createHash, randomBytes, randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { base64, fromHex, hex, utf8 } from './bytes.ts'
import {
  appendLeaf,
  consistencyPath,
  emptyRoot,
  hashOfRange,
  inclusionPath,
  leafHash,
  type NodeHashes,
  nodeHash,
  rootOfFrontier,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

const sha256 = (...parts: Uint8Array[]) => new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest())

/** MTH(D[n]), word for word from RFC 6962 section 2.1 and with another SHA-256: what the incremental tree must agree with. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0]!)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}
/** PATH(m, D[n]) and SUBPROOF(m, D[n], b), sections 2.1.1 and 2.1.2. */
function auditPath(m: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return []
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return m < k
    ? [...auditPath(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...auditPath(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))]
}
function subproof(m: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [treeHash(leaves)]
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), whole), treeHash(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))]
}

/** Grows a tree as the log does, keeping every completed node. */
function grow(leaves: readonly Uint8Array[]): { root: Uint8Array; hashes: NodeHashes } {
  const nodes = new Map<string, Uint8Array>()
  let frontier: Uint8Array[] = []
  leaves.forEach((leaf, size) => {
    const hash = leafHash(leaf)
    nodes.set(`0/${size}`, hash)
    const grown = appendLeaf(size, frontier, hash)
    for (const node of grown.completed) nodes.set(`${node.level}/${node.index}`, node.hash)
    frontier = grown.frontier
  })
  return {
    root: rootOfFrontier(frontier),
    hashes: (level, index) => {
      const hash = nodes.get(`${level}/${index}`)
      if (!hash) throw new Error(`Node ${level}/${index} is not there.`)
      return hash
    },
  }
}

// The eight leaves and the roots after each that the Certificate Transparency projects test with (certificate-transparency-go, trillian).
const knownLeaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(fromHex)
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('Merkle tree of RFC 6962', () => {
  it('has the published root at every size', () => {
    expect(hex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(knownLeaves.map((_, size) => hex(grow(knownLeaves.slice(0, size + 1)).root))).toEqual(knownRoots)
  })

  it('builds the proofs that section 2.1.3 draws for seven leaves', () => {
    const names = (ranges: readonly (readonly [number, number])[]) => ranges.map(([start, end]) => `${start}-${end}`)
    expect(names(inclusionPath(0, 7))).toEqual(['1-2', '2-4', '4-7']) // [b, h, l]
    expect(names(inclusionPath(3, 7))).toEqual(['2-3', '0-2', '4-7']) // [c, g, l]
    expect(names(inclusionPath(4, 7))).toEqual(['5-6', '6-7', '0-4']) // [f, j, k]
    expect(names(inclusionPath(6, 7))).toEqual(['4-6', '0-4']) // [i, k]
    expect(names(consistencyPath(3, 7))).toEqual(['2-3', '3-4', '0-2', '4-7']) // [c, d, g, l]
    expect(names(consistencyPath(4, 7))).toEqual(['4-7']) // [l]
    expect(names(consistencyPath(6, 7))).toEqual(['4-6', '6-7', '0-4']) // [i, j, k]
  })

  it('tells leaves from nodes', () => {
    const [a, b] = [leafHash(utf8('a')), leafHash(utf8('b'))]
    expect(nodeHash(a, b)).not.toEqual(leafHash(new Uint8Array([...a, ...b])))
  })

  it('agrees with the definition, and its proofs verify, for every pair of sizes up to 24 and for random large trees', () => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
    console.log(`seed ${seed}`)
    let state = seed
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % below
    }
    const leaves = Array.from({ length: 600 }, () => utf8(`leaf ${random(2 ** 30)}`))
    const { hashes } = grow(leaves)
    const rootAt = (size: number) => hashOfRange([0, size], hashes)
    const check = (size: number, index: number, first: number) => {
      const tree = leaves.slice(0, size)
      const root = rootAt(size)
      expect(root, `root at ${size}`).toEqual(treeHash(tree))
      const inclusion = inclusionPath(index, size).map((range) => hashOfRange(range, hashes))
      expect(inclusion, `path of ${index} in ${size}`).toEqual(auditPath(index, tree))
      const leaf = leafHash(leaves[index]!)
      expect(verifyInclusion(leaf, index, size, inclusion, root)).toBe(true)
      expect(verifyInclusion(leafHash(utf8('other')), index, size, inclusion, root)).toBe(false)
      if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, inclusion, root)).toBe(false)
      if (inclusion.length > 0) expect(verifyInclusion(leaf, index, size, inclusion.slice(1), root)).toBe(false)
      expect(verifyInclusion(leaf, index, size, [...inclusion, leaf], root)).toBe(false)
      const consistency = consistencyPath(first, size).map((range) => hashOfRange(range, hashes))
      expect(consistency, `proof from ${first} to ${size}`).toEqual(subproof(first, tree, true))
      expect(verifyConsistency(first, size, rootAt(first), root, consistency)).toBe(true)
      expect(verifyConsistency(first, size, leafHash(utf8('other')), root, consistency)).toBe(false)
      if (first < size) {
        expect(verifyConsistency(first, size, rootAt(first), rootAt(size - 1), consistency)).toBe(false)
        expect(verifyConsistency(first, size, rootAt(first), root, consistency.slice(0, -1))).toBe(false)
        expect(verifyConsistency(first, size, rootAt(first), root, [...consistency, leaf])).toBe(false)
      }
    }
    for (let size = 1; size <= 24; size++) for (let index = 0; index < size; index++) check(size, index, index + 1)
    for (let round = 0; round < 60; round++) {
      const size = 2 + random(598)
      check(size, random(size), 1 + random(size))
    }
  })

  it('refuses a proof for a place that is not in the tree', () => {
    expect(() => inclusionPath(3, 3)).toThrow('no leaf 3')
    expect(() => consistencyPath(4, 3)).toThrow('not the beginning')
    expect(verifyInclusion(randomBytes(32), 3, 3, [], randomBytes(32))).toBe(false)
    expect(verifyConsistency(0, 3, emptyRoot(), randomBytes(32), [])).toBe(false)
  })
  it('writes base64 as RFC 4648 does', () => {
    expect(base64(utf8('AIA?>'))).toBe(Buffer.from('AIA?>').toString('base64'))
  })
})
