import type { LayoutGraph, LayoutOptions } from './force-layout.ts'

/** How far all may move after so small a change that only its surroundings need to: hardly. */
const leastMobility = 0.02
const besideMobility = 0.3

/**
 * How a layout that stood is brought to a graph that has changed: what has come and what it touches move, the rest the less the smaller the change is.
 * @param known 1 for nodes whose place stood before
 */
export function relaxing({ count, edges }: LayoutGraph, known: Uint8Array): Required<Pick<LayoutOptions, 'alpha' | 'mobility'>> {
  let fresh = 0
  for (const each of known) fresh += 1 - each
  const share = count === 0 ? 0 : fresh / count
  if (share === 1) return { alpha: 1, mobility: null }
  const rest = Math.min(1, Math.max(leastMobility, 4 * share))
  const mobility = new Float32Array(count).fill(rest)
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b] = [edges[i]!, edges[i + 1]!]
    if (!known[a] || !known[b]) {
      mobility[a] = Math.max(mobility[a]!, besideMobility)
      mobility[b] = Math.max(mobility[b]!, besideMobility)
    }
  }
  for (let node = 0; node < count; node++) if (!known[node]) mobility[node] = 1
  return { alpha: Math.min(1, Math.max(0.1, 2 * share)), mobility }
}
