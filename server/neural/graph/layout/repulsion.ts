/** Points of a cell that is not divided further. */
const fewPoints = 16
/** Points at one place, beyond which they count as one mass even for each other; as many as are pushed together. */
const manyPoints = 64
/**
 * A cell is taken for one mass when it is far enough for what lies this share of their radius from the middle of those that are pushed. With one half
 * the error is that of asking for each point by itself: those on the near side see it a little too coarsely, those on the far side too finely.
 */
const nearSide = 0.5
/** Levels of the tree: bits of a Morton code for each axis. */
const levels = 10
const steps = (1 << levels) - 1
const radixBits = 10

/** Leaves room for two bits between the bits of a number of ten. */
function spaced(value: number): number {
  let bits = value
  bits = (bits | (bits << 16)) & 0x30000ff
  bits = (bits | (bits << 8)) & 0x300f00f
  bits = (bits | (bits << 4)) & 0x30c30c3
  return (bits | (bits << 2)) & 0x9249249
}

/**
 * Pushes all points away from each other, each by the sum of 1/distance of all others, in n log n steps: far cells of an octree count as one mass
 * (Barnes and Hut, Nature 324, 1986). The tree is never built as objects: points are sorted along a Morton curve, a cell is a range of them, and cells
 * in depth-first order carry the number of the next cell that lies outside of them. Its buffers are made once. Points of z = 0 make a quadtree of it.
 */
export class Repulsion {
  readonly #count: number
  readonly #codes: [Uint32Array, Uint32Array]
  readonly #order: [Uint32Array, Uint32Array]
  readonly #histogram = new Uint32Array(1 << radixBits)
  /** Points along the curve: x, y, z. */
  readonly #points: Float32Array
  /** Centre of mass of a cell and how many points it has: x, y, z, mass. */
  readonly #cells: Float32Array
  /** The distance from which a cell counts as one mass. */
  readonly #reach: Float32Array
  /** The next cell outside of this one. */
  readonly #next: Int32Array
  /** Range of points of a cell that is not divided; -1 for one that is. */
  readonly #first: Int32Array
  readonly #last: Int32Array
  /** What pushes the points of one cell: x, y, z, mass. In doubles, so that nothing is converted in the innermost loop. */
  readonly #masses: Float64Array
  #cellCount = 0

  constructor(count: number) {
    this.#count = count
    this.#codes = [new Uint32Array(count), new Uint32Array(count)]
    this.#order = [new Uint32Array(count), new Uint32Array(count)]
    this.#points = new Float32Array(3 * count)
    // Every divided cell has two parts at least.
    const most = 2 * count
    this.#cells = new Float32Array(4 * most)
    this.#reach = new Float32Array(most)
    this.#next = new Int32Array(most)
    this.#first = new Int32Array(most)
    this.#last = new Int32Array(most)
    this.#masses = new Float64Array(4 * count)
  }

  /**
   * Adds to the velocities what the points do to each other.
   * @param positions x, y, z of point i at 3i; velocities alike
   * @param strength how strongly two points at distance 1 push, negative to push apart; nearer ones push less, so that none is thrown out
   * @param theta how wide a cell may be, in distances to it, to count as one mass; 0 computes every pair
   */
  apply(positions: Float32Array, velocities: Float32Array, strength: number, theta: number): void {
    if (this.#count < 2) return
    const width = this.#sort(positions)
    this.#cellCount = 0
    this.#build(0, this.#count, width, 1 / theta)
    this.#push(velocities, strength)
  }

  /** Sorts the points along the curve. @returns the width of the cube around them */
  #sort(positions: Float32Array): number {
    const count = this.#count
    let [lowX, lowY, lowZ] = [positions[0]!, positions[1]!, positions[2]!]
    let [highX, highY, highZ] = [lowX, lowY, lowZ]
    for (let at = 3; at < 3 * count; at += 3) {
      const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!]
      lowX = Math.min(lowX, x)
      lowY = Math.min(lowY, y)
      lowZ = Math.min(lowZ, z)
      highX = Math.max(highX, x)
      highY = Math.max(highY, y)
      highZ = Math.max(highZ, z)
    }
    const width = Math.max(highX - lowX, highY - lowY, highZ - lowZ) || 1
    const scale = steps / width
    const [codes] = this.#codes
    const [order] = this.#order
    for (let i = 0; i < count; i++) {
      const at = 3 * i
      const x = spaced((positions[at]! - lowX) * scale)
      const y = spaced((positions[at + 1]! - lowY) * scale)
      const z = spaced((positions[at + 2]! - lowZ) * scale)
      codes[i] = (x << 2) | (y << 1) | z
      order[i] = i
    }
    this.#radixSort()
    const [, sorted] = this.#order
    for (let i = 0; i < count; i++) {
      const at = 3 * sorted[i]!
      this.#points[3 * i] = positions[at]!
      this.#points[3 * i + 1] = positions[at + 1]!
      this.#points[3 * i + 2] = positions[at + 2]!
    }
    return width
  }

  /** Three passes of a stable counting sort: what was in the first buffers ends in the second ones. */
  #radixSort(): void {
    const histogram = this.#histogram
    for (let pass = 0; pass < 3; pass++) {
      const shift = pass * radixBits
      const [from, to] = [pass % 2, 1 - (pass % 2)] as [0 | 1, 0 | 1]
      const [codes, sortedCodes, order, sortedOrder] = [this.#codes[from], this.#codes[to], this.#order[from], this.#order[to]]
      histogram.fill(0)
      for (let i = 0; i < codes.length; i++) histogram[(codes[i]! >>> shift) & steps]!++
      let sum = 0
      for (let digit = 0; digit < histogram.length; digit++) {
        const size = histogram[digit]!
        histogram[digit] = sum
        sum += size
      }
      for (let i = 0; i < codes.length; i++) {
        const place = histogram[(codes[i]! >>> shift) & steps]!++
        sortedCodes[place] = codes[i]!
        sortedOrder[place] = order[i]!
      }
    }
  }

  /** Makes the cell of a range of points and the cells within it. @returns its number */
  #build(from: number, to: number, width: number, perTheta: number): number {
    const [, codes] = this.#codes
    const points = this.#points
    const cell = this.#cellCount++
    const mass = to - from
    const differing = codes[from]! ^ codes[to - 1]!
    // The first three bits in which any two of them differ tell the parts; levels above hold the whole range in one part and are skipped.
    const level = differing === 0 ? -1 : Math.floor((31 - Math.clz32(differing)) / 3)
    const cellWidth = width * 2 ** (level + 1 - levels)
    let [x, y, z] = [0, 0, 0]
    if (mass <= fewPoints || level < 0) {
      for (let at = 3 * from; at < 3 * to; at += 3) {
        x += points[at]!
        y += points[at + 1]!
        z += points[at + 2]!
      }
      this.#first[cell] = from
      this.#last[cell] = to
    } else {
      this.#first[cell] = -1
      const shift = 3 * level
      for (let start = from; start < to; ) {
        const part = codes[start]! >>> shift
        let end = start + 1
        while (end < to && codes[end]! >>> shift === part) end++
        const at = 4 * this.#build(start, end, width, perTheta)
        const share = this.#cells[at + 3]!
        x += this.#cells[at]! * share
        y += this.#cells[at + 1]! * share
        z += this.#cells[at + 2]! * share
        start = end
      }
    }
    this.#cells[4 * cell] = x / mass
    this.#cells[4 * cell + 1] = y / mass
    this.#cells[4 * cell + 2] = z / mass
    this.#cells[4 * cell + 3] = mass
    this.#reach[cell] = level < 0 && mass > manyPoints ? Number.NEGATIVE_INFINITY : cellWidth * perTheta
    this.#next[cell] = this.#cellCount
    return cell
  }

  /**
   * The points of a cell that is not divided lie together and are pushed by the same masses: these are gathered once and then summed for each point in
   * a row (Barnes, Journal of Computational Physics 87, 1990).
   */
  #push(velocities: Float32Array, strength: number): void {
    const [first, last] = [this.#first, this.#last]
    for (let cell = 0; cell < this.#cellCount; cell++) {
      if (first[cell]! < 0) continue
      for (let from = first[cell]!; from < last[cell]!; from += manyPoints) {
        const to = Math.min(from + manyPoints, last[cell]!)
        this.#sum(from, to, this.#gather(from, to), velocities, strength)
      }
    }
  }

  /** Gathers what pushes a range of points that lie together. @returns how many masses there are */
  #gather(from: number, to: number): number {
    const [points, cells, reach, next, first, last] = [this.#points, this.#cells, this.#reach, this.#next, this.#first, this.#last]
    const [masses, cellCount] = [this.#masses, this.#cellCount]
    const [x, y, z, radius] = this.#ball(from, to)
    let count = 0
    for (let cell = 0; cell < cellCount; ) {
      const dx = cells[4 * cell]! - x
      const dy = cells[4 * cell + 1]! - y
      const dz = cells[4 * cell + 2]! - z
      const far = reach[cell]! + nearSide * radius
      if (far < 0 || far * far < dx * dx + dy * dy + dz * dz) {
        for (let part = 0; part < 4; part++) masses[4 * count + part] = cells[4 * cell + part]!
        count++
        cell = next[cell]!
      } else if (first[cell]! >= 0) {
        for (let point = first[cell]!; point < last[cell]!; point++, count++) {
          for (let axis = 0; axis < 3; axis++) masses[4 * count + axis] = points[3 * point + axis]!
          masses[4 * count + 3] = 1
        }
        cell = next[cell]!
      } else cell++
    }
    return count
  }

  /** The middle of a range of points, and how far the farthest of them is from it. */
  #ball(from: number, to: number): [x: number, y: number, z: number, radius: number] {
    const points = this.#points
    let [x, y, z, radius2] = [0, 0, 0, 0]
    for (let at = 3 * from; at < 3 * to; at += 3) {
      x += points[at]! / (to - from)
      y += points[at + 1]! / (to - from)
      z += points[at + 2]! / (to - from)
    }
    for (let at = 3 * from; at < 3 * to; at += 3) {
      radius2 = Math.max(radius2, (points[at]! - x) ** 2 + (points[at + 1]! - y) ** 2 + (points[at + 2]! - z) ** 2)
    }
    return [x, y, z, Math.sqrt(radius2)]
  }

  #sum(from: number, to: number, count: number, velocities: Float32Array, strength: number): void {
    const [, order] = this.#order
    const [points, masses] = [this.#points, this.#masses]
    for (let point = from; point < to; point++) {
      const x = points[3 * point]!
      const y = points[3 * point + 1]!
      const z = points[3 * point + 2]!
      let [fx, fy, fz] = [0, 0, 0]
      for (let at = 0; at < 4 * count; at += 4) {
        const dx = masses[at]! - x
        const dy = masses[at + 1]! - y
        const dz = masses[at + 2]! - z
        const force = masses[at + 3]! / (dx * dx + dy * dy + dz * dz + 1)
        fx += dx * force
        fy += dy * force
        fz += dz * force
      }
      const at = 3 * order[point]!
      velocities[at]! += fx * strength
      velocities[at + 1]! += fy * strength
      velocities[at + 2]! += fz * strength
    }
  }
}
