import { z } from 'zod'
import type { LabGraph } from './scale-free'

const whole = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`)
    .default(otherwise)

const parameters = z.object({
  nodes: whole(0, 100_000, 1_000),
  edges: whole(0, 500_000, 4_000),
  seed: whole(0, 4_294_967_295, 1),
  layout: z.enum(['on', 'off'], 'must be on or off').default('on'),
})

/**
 * Reads nodes, edges, seed and layout (off: nothing moves) of the address of /lab/graph, or says in plain lines what is wrong with them. What else the
 * address says is nobody's business here: tools add parameters of their own.
 */
export function labParameters(query: Record<string, string | string[] | undefined>): { graph: LabGraph; laidOut: boolean } | { wrong: string[] } {
  const parsed = parameters.safeParse(query)
  if (parsed.success) {
    const { layout, ...graph } = parsed.data
    return { graph, laidOut: layout === 'on' }
  }
  return {
    wrong: parsed.error.issues.map(
      ({ path, code, message }) => `${String(path[0])} ${code === 'invalid_type' ? 'is given more than once' : message}.`,
    ),
  }
}
