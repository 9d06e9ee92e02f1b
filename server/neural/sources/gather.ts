import type { z } from 'zod'
import { OutboundError } from '../../gateway/outbound.ts'
import { type ProblemCode, problem } from '../../gateway/problem.ts'
import { tooLarge } from '../../gateway/request.ts'
import type { Services } from '../../gateway/services.ts'
import type { sourceInput } from '../contract.ts'
import { ParseError } from '../parsing/document.ts'
import { parseDocument } from '../parsing/parse.ts'

/** A document as it came in, before it is stored. */
export interface Incoming {
  title: string | null
  bytes: Uint8Array
  contentType: string | null
  fileName: string | null
  location: string | null
  origin: 'upload' | 'text' | 'url' | 'memory'
  /** JSON pointer of the field that gave it, for error messages. */
  pointer: string
}

/** Reads what a caller gave: files, a text, or what stands at a URL. @throws problem */
export async function gather(services: Services, input: z.infer<typeof sourceInput>): Promise<Incoming[]> {
  const { maxUploadBytes } = services.env
  if (input.url !== undefined) return [await download(services, input.url, input.title ?? null)]
  if (input.content !== undefined) {
    const bytes = new TextEncoder().encode(input.content)
    return [
      {
        title: input.title ?? null,
        bytes,
        contentType: input.content_type ?? 'text/plain',
        fileName: null,
        location: null,
        origin: 'text',
        pointer: '/content',
      },
    ]
  }
  const files = input.file ?? []
  const incoming: Incoming[] = []
  for (const [index, file] of files.entries()) {
    const pointer = files.length > 1 ? `/file/${index}` : '/file'
    if (file.size > maxUploadBytes) {
      const limit = tooLarge(maxUploadBytes)
      throw problem('too_large', `${file.name || 'The file'}: ${limit.message}`, [{ pointer, detail: `larger than ${maxUploadBytes} bytes` }])
    }
    incoming.push({
      title: input.title ?? null,
      bytes: new Uint8Array(await file.arrayBuffer()),
      contentType: file.type || null,
      fileName: file.name || null,
      location: file.name || null,
      origin: 'upload',
      pointer,
    })
  }
  return incoming
}

async function download(services: Services, url: string, title: string | null): Promise<Incoming> {
  try {
    const found = await services.outbound.download(url, { maxBytes: services.env.maxUploadBytes, timeoutMs: 15_000 })
    const fileName = decodeURIComponent(new URL(found.url).pathname.split('/').at(-1) ?? '') || null
    return { title, bytes: found.bytes, contentType: found.contentType, fileName, location: found.url, origin: 'url', pointer: '/url' }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    throw problem(error.reason === 'too_large' ? 'too_large' : 'invalid_input', `url: ${error.detail}`, [{ pointer: '/url', detail: error.detail }])
  }
}

/** Refuses what cannot be read, before anything is stored. @throws problem that names the field and the reason */
export async function refuseUnreadable(incoming: Incoming): Promise<void> {
  try {
    await parseDocument({ ...incoming, address: null })
  } catch (error) {
    if (error instanceof ParseError) throw parseProblem(error, incoming)
    throw error
  }
}

function parseProblem(error: ParseError, incoming: Incoming) {
  const code: ProblemCode = error.code
  return problem(
    code === ('unsupported_type' as string) ? 'unsupported_type' : code,
    `${incoming.fileName ?? incoming.pointer.slice(1)}: ${error.detail}`,
    [{ pointer: incoming.pointer, detail: error.detail }],
  )
}
