import { type AnyProcedure, type AnyRouter, isProcedure, Procedure } from '@orpc/server'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { OperationMeta } from './operation.ts'

const pageSize = { most: 200, usual: 50 } as const
const place = z.object({ key: z.string(), count: z.int().min(0) })
type Item = Record<string, unknown>

/** Where the next page begins survives changes of the list: after the item that ended this page, or where it stood. */
const keyOf = (item: Item): string => String(item.id ?? item.version ?? item.name ?? '')

function page(all: readonly Item[], limit: number, cursor: string | undefined): { items: Item[]; next_cursor: string | null } {
  const after = decodeCursor(cursor, place)
  const found = after ? all.findIndex((item) => keyOf(item) === after.key && after.key !== '') : -1
  const from = found >= 0 ? found + 1 : (after?.count ?? 0)
  const items = all.slice(from, from + limit)
  const last = items.at(-1)
  const isEnd = from + limit >= all.length
  return { items, next_cursor: last && !isEnd ? encodeCursor({ key: keyOf(last), count: from + items.length }) : null }
}

const objectOf = (schema: unknown): z.ZodObject | null => {
  const bare = schema instanceof z.ZodOptional ? schema.unwrap() : schema
  return bare instanceof z.ZodObject ? bare : null
}

/** Version 2 of a list that version 1 gives at once: the same operation behind pages. Null for what is no such list. */
function paged(definition: AnyProcedure['~orpc']) {
  const { route, handler, inputSchema, outputSchema } = definition
  const [input, output] = [objectOf(inputSchema), objectOf(outputSchema)]
  const field = (definition.meta as OperationMeta).list ?? 'items'
  const list = output?.shape[field]
  if (route.method !== 'GET' || !input || !output || !(list instanceof z.ZodArray) || 'next_cursor' in output.shape) return null
  const { [field]: _list, ...others } = output.shape
  return {
    inputSchema: input.extend({ limit: z.int().min(1).max(pageSize.most).default(pageSize.usual), cursor: z.string().max(500).optional() }),
    outputSchema: z.object({ items: list, next_cursor: z.string().nullable(), ...others }),
    handler: async (call: { input: Item & { limit: number; cursor?: string } }) => {
      const { limit, cursor, ...rest } = call.input
      const { [field]: all, ...more } = (await (handler as (call: unknown) => Promise<Item>)({ ...call, input: rest })) as Item
      return { ...page(all as Item[], limit, cursor), ...more }
    },
  }
}

/** The procedure under /v2. Its chain, its meta and its name stay, so permission, limit, audit and idempotency are those of version 1. */
function derive(procedure: AnyProcedure, name: string): AnyProcedure {
  const definition = procedure['~orpc']
  const { route } = definition
  return new Procedure({
    ...definition,
    ...(paged(definition) as object | null),
    route: { ...route, path: route.path?.replace(/^\/v1\//, '/v2/') as `/${string}`, operationId: `v2.${name}` },
  }) as AnyProcedure
}

/**
 * Version 2 of the table, made from version 1 and nothing else: the same operations, every list as a cursor page
 * `{items, next_cursor}`, and what `added` brings (batch).
 */
export function secondVersion(router: AnyRouter, added: Record<string, AnyProcedure> = {}, path: readonly string[] = []): AnyRouter {
  const entries = Object.entries(router as Record<string, AnyRouter>).map(([key, each]) => {
    const here = [...path, key]
    return [key, isProcedure(each) ? derive(each as AnyProcedure, here.join('.')) : secondVersion(each, {}, here)]
  })
  return { ...Object.fromEntries(entries), ...added }
}
