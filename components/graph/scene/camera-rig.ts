import { MOUSE, OrthographicCamera, PerspectiveCamera, TOUCH, Vector3 } from 'three'
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js'
import type { GraphCamera } from '../graph-data'

const fovDegrees = 45
const flightMs = 180
/** Share of the picture that is left free around what is brought into view. */
const margin = 1.08
/** Around a single node, in units of positions: two edges at rest. */
const leastRadius = 60

interface View {
  eye: Vector3
  target: Vector3
  zoom: number
}

/**
 * Where the graph is looked at from: orbit, pan and zoom by mouse, touch and trackpad (OrbitControls of three.js), flights, and the same for
 * the flat view, which looks straight from the front without perspective. Distances in units of positions, zoom in pixels a unit.
 */
export class CameraRig {
  readonly perspective = new PerspectiveCamera(fovDegrees, 1, 1, 10_000)
  readonly front = new OrthographicCamera()
  readonly controls: OrbitControls
  readonly target: Vector3
  reducedMotion = false
  #flat = false
  #width = 1
  #height = 1
  /** Of everything, for the planes of the cameras and how far one can go. */
  #centre = new Vector3()
  /** From the middle of the graph to its outermost node. */
  reach = leastRadius
  #flight: { from: View; to: View; startedMs: number } | null = null
  /** Something took hold of the controls since the last step: without damping a wheel moves the camera at once, not in the step after it. */
  #moved = false

  constructor() {
    // With these set, react-three-fiber leaves the shape of the picture to us.
    Object.assign(this.perspective, { manual: true })
    Object.assign(this.front, { manual: true })
    this.perspective.position.set(0, 0, 1_000)
    this.controls = new OrbitControls(this.perspective)
    this.controls.zoomToCursor = true
    this.controls.dampingFactor = 0.18
    this.controls.zoomSpeed = 1.4
    this.controls.rotateSpeed = 0.8
    this.target = this.controls.target
    // Who takes hold while the camera flies decides where it goes.
    this.controls.addEventListener('start', () => {
      this.#flight = null
    })
    this.controls.addEventListener('change', () => {
      this.#moved = true
    })
  }

  get camera(): PerspectiveCamera | OrthographicCamera {
    return this.#flat ? this.front : this.perspective
  }

  get flat(): boolean {
    return this.#flat
  }

  set flat(flat: boolean) {
    if (flat !== this.#flat) {
      const { target, zoom, eye } = this.#view()
      this.#flat = flat
      // What is looked at stays where it is and as large as it is.
      if (!flat) eye.copy(target).add(new Vector3(0, 0, this.#distanceOf(zoom)))
      this.#take({ eye, target, zoom })
    }
    const { controls } = this
    controls.object = this.camera
    controls.enableRotate = !flat
    controls.mouseButtons = { LEFT: flat ? MOUSE.PAN : MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN }
    controls.touches = { ONE: flat ? TOUCH.PAN : TOUCH.ROTATE, TWO: flat ? TOUCH.DOLLY_PAN : TOUCH.DOLLY_PAN }
    this.#limit()
  }

  resize(width: number, height: number): void {
    this.#width = Math.max(1, width)
    this.#height = Math.max(1, height)
    this.perspective.aspect = this.#width / this.#height
    const { front } = this
    front.left = -this.#width / 2
    front.right = this.#width / 2
    front.top = this.#height / 2
    front.bottom = -this.#height / 2
    this.#limit()
  }

  /** Learns how far the graph reaches. */
  bound(positions: Float32Array): void {
    const { centre, radius } = sphereOf(positions, null)
    this.#centre.copy(centre)
    this.reach = radius
    this.#limit()
  }

  #limit(): void {
    const { controls, perspective, front } = this
    const reach = this.reach
    controls.enableDamping = !this.reducedMotion
    controls.minDistance = 4
    controls.maxDistance = reach * 12
    controls.minZoom = Math.min(this.#width, this.#height) / (reach * 16)
    controls.maxZoom = 40
    const distance = perspective.position.distanceTo(this.#centre)
    perspective.near = Math.max(0.5, (distance - reach) * 0.5)
    perspective.far = distance + reach * 2
    front.near = -reach * 8
    front.far = reach * 16
    perspective.updateProjectionMatrix()
    front.updateProjectionMatrix()
  }

  #distanceOf = (zoom: number): number => this.#height / (2 * Math.tan((fovDegrees * Math.PI) / 360) * Math.max(zoom, 1e-6))

  #view(): View {
    const eye = this.camera.position.clone()
    const target = this.target.clone()
    const zoom = this.#flat ? this.front.zoom : this.#distanceOf(1) / Math.max(1e-6, eye.distanceTo(target))
    return { eye, target, zoom }
  }

  #take({ eye, target, zoom }: View): void {
    this.target.copy(target)
    if (this.#flat) {
      this.front.position.set(target.x, target.y, target.z + this.reach * 4)
      this.front.zoom = zoom
    } else this.perspective.position.copy(eye)
    this.camera.lookAt(target)
    this.#limit()
  }

  #fly(to: View): void {
    if (this.reducedMotion) {
      this.#flight = null
      this.#take(to)
    } else this.#flight = { from: this.#view(), to, startedMs: performance.now() }
  }

  /** One step; true while the camera moves, so that another picture is wanted. */
  update(nowMs: number): boolean {
    if (this.#flight) {
      const { from, to, startedMs } = this.#flight
      const share = Math.min(1, Math.max(0, (nowMs - startedMs) / flightMs))
      const eased = 1 - (1 - share) ** 3
      this.#take({
        eye: from.eye.clone().lerp(to.eye, eased),
        target: from.target.clone().lerp(to.target, eased),
        zoom: from.zoom * (to.zoom / from.zoom) ** eased,
      })
      if (share === 1) this.#flight = null
      return true
    }
    this.controls.update()
    const moved = this.#moved
    this.#moved = false
    if (moved) this.#limit()
    return moved
  }

  current(): GraphCamera {
    const { eye, target, zoom } = this.#view()
    return { eye: eye.toArray(), target: target.toArray(), zoom }
  }

  /** Begins there without a flight. */
  begin({ eye, target, zoom }: GraphCamera): void {
    this.#flight = null
    this.#take({ eye: new Vector3(...eye), target: new Vector3(...target), zoom: Math.max(zoom, 1e-6) })
  }

  /** Brings these nodes into view, or everything (null), from the side one looks from now. */
  fit(positions: Float32Array, nodes: readonly number[] | null, jump = false): void {
    const direction = this.#view().eye.sub(this.target).normalize()
    if (direction.lengthSq() < 0.5 || this.#flat) direction.set(0, 0, 1)
    const { centre, width, height, distance } = framed(positions, nodes, direction, this.#width / this.#height)
    const zoom = Math.min(this.#width / width, this.#height / height) / margin
    const to = { eye: direction.multiplyScalar(distance * margin).add(centre), target: centre, zoom }
    if (jump) {
      this.#flight = null
      this.#take(to)
    } else this.#fly(to)
  }

  /** Flies to a node, no further away than needed to see what is around it. */
  focus(positions: Float32Array, node: number): void {
    const target = new Vector3().fromArray(positions, 3 * node)
    const { eye, target: before, zoom } = this.#view()
    const distance = Math.min(eye.distanceTo(before), leastRadius * 4)
    const direction = eye.sub(before).normalize()
    if (direction.lengthSq() < 0.5) direction.set(0, 0, 1)
    this.#fly({ eye: direction.multiplyScalar(distance).add(target), target, zoom: Math.max(zoom, this.#distanceOf(1) / (leastRadius * 4)) })
  }

  /** Above 1 comes nearer. */
  zoomBy(factor: number): void {
    const { eye, target, zoom } = this.#view()
    const distance = Math.min(this.controls.maxDistance, Math.max(this.controls.minDistance, eye.distanceTo(target) / factor))
    const to = { eye: eye.sub(target).setLength(distance).add(target), target, zoom: Math.min(40, Math.max(this.controls.minZoom, zoom * factor)) }
    this.#fly(to)
  }

  /** Turns round the target by radians; the flat view, which cannot turn, is pushed by a tenth of the picture a step. */
  turn(right: number, up: number): void {
    const { eye, target, zoom } = this.#view()
    if (this.#flat) {
      const step = new Vector3(Math.sign(right), Math.sign(up), 0).multiplyScalar(this.#height / zoom / 10)
      this.#fly({ eye: eye.add(step), target: target.add(step), zoom })
      return
    }
    const arm = eye.sub(target)
    const polar = Math.min(3.1, Math.max(0.04, Math.acos(arm.y / arm.length()) - up))
    arm.setFromSphericalCoords(arm.length(), polar, Math.atan2(arm.x, arm.z) + right)
    this.#fly({ eye: arm.add(target), target, zoom })
  }
}

/** Centre and radius of what nodes fill, in units of positions: at least that of a lone node with what is around it. */
export function sphereOf(positions: Float32Array, nodes: readonly number[] | null): { centre: Vector3; radius: number } {
  const low = new Vector3(Infinity, Infinity, Infinity)
  const high = new Vector3(-Infinity, -Infinity, -Infinity)
  const each = (visit: (at: number) => void) => {
    if (nodes) for (const node of nodes) visit(3 * node)
    else for (let at = 0; at < positions.length; at += 3) visit(at)
  }
  const point = new Vector3()
  each((at) => {
    point.fromArray(positions, at)
    low.min(point)
    high.max(point)
  })
  if (low.x > high.x) return { centre: new Vector3(), radius: leastRadius }
  const centre = low.add(high).multiplyScalar(0.5)
  let farthest = 0
  each((at) => {
    farthest = Math.max(farthest, point.fromArray(positions, at).distanceToSquared(centre))
  })
  return { centre, radius: Math.max(leastRadius, Math.sqrt(farthest)) }
}

/**
 * What a picture of these nodes, seen from a direction, has to hold: its middle, width and height without perspective, and how far away the
 * eye must be to see every node with it. Units of positions.
 * @param direction from the middle to the eye, of length 1
 * @param aspect width over height of the picture
 */
export function framed(
  positions: Float32Array,
  nodes: readonly number[] | null,
  direction: Vector3,
  aspect: number,
): { centre: Vector3; width: number; height: number; distance: number } {
  const up = new Vector3(0, 1, 0)
  const right = up.clone().cross(direction)
  // Straight from above any side is right.
  if (right.lengthSq() < 1e-6) right.set(1, 0, 0)
  right.normalize()
  up.crossVectors(direction, right)
  const { centre } = sphereOf(positions, nodes)
  const tangent = Math.tan((fovDegrees * Math.PI) / 360)
  const low = new Vector3(-leastRadius, -leastRadius, -leastRadius)
  const high = new Vector3(leastRadius, leastRadius, leastRadius)
  const point = new Vector3()
  const count = nodes ? nodes.length : positions.length / 3
  const seen = (at: number) => {
    point.fromArray(positions, 3 * (nodes ? nodes[at]! : at)).sub(centre)
    return point.set(point.dot(right), point.dot(up), point.dot(direction))
  }
  for (let at = 0; at < count; at++) {
    seen(at)
    low.min(point)
    high.max(point)
  }
  const middle = low.clone().add(high).multiplyScalar(0.5)
  let distance = leastRadius / tangent
  for (let at = 0; at < count; at++) {
    seen(at)
    const across = Math.max(Math.abs(point.x - middle.x) / aspect, Math.abs(point.y - middle.y))
    distance = Math.max(distance, point.z - middle.z + across / tangent)
  }
  centre.addScaledVector(right, middle.x).addScaledVector(up, middle.y).addScaledVector(direction, middle.z)
  return { centre, width: high.x - low.x, height: high.y - low.y, distance }
}
