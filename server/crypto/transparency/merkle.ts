import { sha256 } from '@noble/hashes/sha2.js'
import { concat, equal } from './bytes.ts'

// The Merkle tree of RFC 6962 section 2.1 (the same in RFC 9162). Sizes and indexes are integers below 2^53; no bit operators, they cut at 2^31.

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

export const leafHash = (leaf: Uint8Array): Uint8Array => sha256(concat(leafPrefix, leaf))
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concat(nodePrefix, left, right))
/** Root of the tree without leaves: SHA-256 of nothing. */
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array())

/** A perfect subtree: the 2^level leaves from index * 2^level on. */
export interface TreeNode {
  level: number
  index: number
  hash: Uint8Array
}

/** Looks up the hash of a perfect subtree; level 0 are the leaf hashes. */
export type NodeHashes = (level: number, index: number) => Uint8Array

/** Leaves [start, end). */
export type LeafRange = readonly [start: number, end: number]

/**
 * Adds one leaf to a tree of which only the frontier is known: the hashes of its perfect subtrees, the largest first, one for each
 * 1 in the binary form of `size`.
 * @returns the new frontier, and the nodes above level 0 that became complete
 */
export function appendLeaf(size: number, frontier: readonly Uint8Array[], leaf: Uint8Array): { frontier: Uint8Array[]; completed: TreeNode[] } {
  const rest = [...frontier]
  const completed: TreeNode[] = []
  let hash = leaf
  let level = 0
  let index = size
  while (index % 2 === 1) {
    const left = rest.pop()
    if (!left) throw new Error('The frontier does not fit the size of the tree.')
    hash = nodeHash(left, hash)
    level += 1
    index = (index - 1) / 2
    completed.push({ level, index, hash })
  }
  return { frontier: [...rest, hash], completed }
}

/** Root of the tree whose frontier this is. */
export function rootOfFrontier(frontier: readonly Uint8Array[]): Uint8Array {
  return frontier.length === 0 ? emptyRoot() : frontier.reduceRight((right, left) => nodeHash(left, right))
}

/** The largest power of two below `size`; size >= 2. */
function split(size: number): number {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** The perfect subtrees that a range consists of, left to right. Its start must be a multiple of the largest. */
export function nodesOfRange([start, end]: LeafRange): { level: number; index: number }[] {
  const nodes: { level: number; index: number }[] = []
  for (let at = start; at < end; ) {
    let level = 0
    while (at + 2 ** (level + 1) <= end && at % 2 ** (level + 1) === 0) level += 1
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

export const hashOfRange = (range: LeafRange, hashes: NodeHashes): Uint8Array =>
  rootOfFrontier(nodesOfRange(range).map(({ level, index }) => hashes(level, index)))

/** PATH(m, D[n]) of RFC 6962 section 2.1.1 as ranges whose hashes are the audit path, from the leaf up. */
export function inclusionPath(index: number, size: number): LeafRange[] {
  if (!(index >= 0 && index < size)) throw new RangeError(`There is no leaf ${index} in a tree of ${size}.`)
  const path: LeafRange[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + split(end - start)
    if (index < middle) {
      path.push([middle, end])
      end = middle
    } else {
      path.push([start, middle])
      start = middle
    }
  }
  return path.reverse()
}

/** PROOF(m, D[n]) of RFC 6962 section 2.1.2 as ranges whose hashes are the consistency proof. 0 < first <= second. */
export function consistencyPath(first: number, second: number): LeafRange[] {
  if (!(first > 0 && first <= second)) throw new RangeError(`A tree of ${first} is not the beginning of a tree of ${second}.`)
  const path: LeafRange[] = []
  let [start, end] = [0, second]
  // SUBPROOF: `start` stays 0 as long as the old tree itself is a node on the way, whose hash the verifier knows.
  while (end !== first) {
    const middle = start + split(end - start)
    if (first <= middle) {
      path.push([middle, end])
      end = middle
    } else {
      path.push([start, middle])
      start = middle
    }
  }
  if (start !== 0) path.push([start, end])
  return path.reverse()
}

/** Whether `proof` leads from a leaf hash at `index` to the root of a tree of `size` (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return false
  let [node, last, hash] = [index, size - 1, leaf]
  for (const step of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(step, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else hash = nodeHash(hash, step)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 && equal(hash, root)
}

/** Whether `proof` shows that a tree of `first` leaves is the beginning of a tree of `second` (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(
  first: number,
  second: number,
  firstRoot: Uint8Array,
  secondRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!(Number.isSafeInteger(first) && Number.isSafeInteger(second) && first > 0 && first <= second)) return false
  if (first === second) return proof.length === 0 && equal(firstRoot, secondRoot)
  let [node, last] = [first - 1, second - 1]
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)]
  const steps = node === 0 ? [firstRoot, ...proof] : [...proof]
  const begin = steps.shift()
  if (!begin) return false
  let [old, now] = [begin, begin]
  for (const step of steps) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      old = nodeHash(step, old)
      now = nodeHash(step, now)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)]
    } else now = nodeHash(now, step)
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 && equal(old, firstRoot) && equal(now, secondRoot)
}
