// What the measurements use of d3-force-3d, which brings no types.
declare module 'd3-force-3d' {
  export interface Body {
    x: number
    y: number
    z: number
  }
  export interface Force {
    strength(value: number): Force
  }
  export interface Simulation {
    force(name: string, force: unknown): Simulation
    stop(): Simulation
    tick(ticks?: number): Simulation
  }
  export function forceSimulation(nodes: Body[], dimensions: 2 | 3): Simulation
  export function forceManyBody(): { theta(value: number): Force }
  export function forceLink(links: { source: number; target: number }[]): Force
  export function forceCenter(): unknown
  export function forceX(): Force
  export function forceY(): Force
  export function forceZ(): Force
}
