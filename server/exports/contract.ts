// What goes in and out of the operations on exports. Plain schemas.
import { z } from 'zod'

export const exportId = z.strictObject({ id: z.uuid() })
