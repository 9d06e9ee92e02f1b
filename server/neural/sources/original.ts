import { eq } from 'drizzle-orm'
import { download, handOut, harmlessType } from '../../gateway/download.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { sourceId } from '../contract.ts'
import { sources } from '../tables.ts'
import { noSuchSource } from './view.ts'

const endings: Record<string, string> = {
  'application/json': 'json',
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/x-ndjson': 'jsonl',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/plain': 'txt',
}

const mostCharacters = 150

/** The last part of the place it came from, or of its title with the ending of its type. Nothing in it leads elsewhere or means something to a system. */
function fileNameOf({ location, title, contentType }: { location: string | null; title: string; contentType: string }): string {
  const path = location && /^https?:/i.test(location) ? (URL.canParse(location) ? new URL(location).pathname : '') : location
  const last = path?.split(/[\\/]/).findLast((part) => part !== '')
  const ending = endings[contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '']
  const name = last && /\.\w{1,8}$/.test(last) ? last : `${last || title}${ending ? `.${ending}` : ''}`
  // Control characters, those that change the direction of a text, and what file systems keep for themselves.
  const harmless = name
    .replace(/[\p{C}<>:"/\\|?*]+/gu, ' ')
    .replace(/^[\s.]+/, '')
    .trim()
  return [...harmless].slice(-mostCharacters).join('') || 'original'
}

export const sourceOriginal = longOperation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source', id: 'id' } })
  .route({
    method: 'GET',
    path: '/v1/neural/sources/{id}/original',
    summary: 'The bytes that were given, or the address at which the object store gives them for five minutes',
    tags: ['neural'],
    outputStructure: 'detailed',
  })
  .input(sourceId)
  .output(download)
  .handler(async ({ input, context }) => {
    const [row] = await context.read((tx) =>
      tx
        .select({ key: sources.objectKey, title: sources.title, location: sources.location, contentType: sources.contentType })
        .from(sources)
        .where(eq(sources.id, input.id)),
    )
    if (!row) throw noSuchSource()
    if (!row.key) throw problem('conflict', 'This source has no original: AIA read it from its own files.')
    return handOut(context, row.key, { fileName: fileNameOf(row), contentType: harmlessType(row.contentType) })
  })
