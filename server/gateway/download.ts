import { z } from 'zod'
import type { Download } from '../storage/objects/port.ts'
import type { CallContext } from './operation.ts'

/** Bytes that are handed out: by an address of the store itself where it has one, else through AIA. */
export const download = z.union([
  z.object({ status: z.literal(302), headers: z.object({ location: z.string() }) }),
  z.object({ status: z.literal(200), headers: z.object({ 'content-disposition': z.string() }), body: z.file() }),
])

/** What a browser may be told that a file is: none of these runs anything. */
const harmless = new Set([
  'application/json',
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/x-ndjson',
  'text/csv',
  'text/markdown',
  'text/plain',
])

/** The media type by which somebody else's file is handed out: its own where it is known to do nothing. */
export function harmlessType(contentType: string): string {
  const bare = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return harmless.has(bare) ? bare : 'application/octet-stream'
}

/** Hands out an object as a file to be kept, never as a page of AIA. Outside a transaction. */
export async function handOut(
  { services: { objects }, resHeaders }: Pick<CallContext, 'services' | 'resHeaders'>,
  key: string,
  file: Download,
): Promise<z.infer<typeof download>> {
  const location = await objects.downloadUrl(key, file)
  resHeaders?.set('cache-control', 'no-store')
  resHeaders?.set('x-content-type-options', 'nosniff')
  if (location) return { status: 302, headers: { location } }
  resHeaders?.set('content-security-policy', "default-src 'none'; sandbox")
  const { fileName, contentType } = file
  // Copied: what a store hands out may be a view on something larger, or shared.
  const body = new File([new Uint8Array(await objects.get(key))], fileName, { type: contentType })
  return { status: 200, headers: { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}` }, body }
}
