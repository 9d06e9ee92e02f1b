import type { z } from 'zod'
import { problem } from './problem.ts'

/** An opaque place in a list. */
export const encodeCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url')

/** @throws problem invalid_input naming the field */
export function decodeCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw problem('invalid_input', 'The cursor is not one that this list gave.', [{ pointer: '/cursor', detail: 'unknown cursor' }])
  }
}
