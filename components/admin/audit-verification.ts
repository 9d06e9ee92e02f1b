import type { client } from '@/components/api/client'

type Proof = Awaited<ReturnType<typeof client.audit.getAuditProof>>

// The verifying code brings a post-quantum signature with it, so it comes only when somebody verifies.
const exportCode = () => import('@/server/crypto/transparency/audit-export')

const linesBetweenBreaths = 400

/**
 * Verifies an exported audit log here in the browser, whether it was just fetched or lies on disk. `onProgress` gets the rows read so far.
 * Aborting `signal` throws an AbortError.
 */
export async function verifyLog(bytes: ReadableStream<Uint8Array>, signal: AbortSignal, onProgress: (rows: number) => void) {
  const { ExportVerifier } = await exportCode()
  const verifier = new ExportVerifier()
  const reader = bytes.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader()
  let rest = ''
  let count = 0
  const take = async (line: string) => {
    verifier.line(line)
    count += 1
    if (count % linesBetweenBreaths !== 0) return
    onProgress(Math.max(0, count - 2))
    await new Promise((resolve) => setTimeout(resolve))
    signal.throwIfAborted()
  }
  for (;;) {
    const { done, value } = await reader.read()
    signal.throwIfAborted()
    const lines = (rest + (value ?? '')).split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    for (const line of lines) await take(line)
    if (done) return verifier.report()
  }
}

/** Whether a row's leaf leads by its proof to the root of the checkpoint that both keys signed; computed here, from what was received. */
export async function verifyRow({ row, proof, checkpoint, keys }: Proof): Promise<{ ok: boolean; says: string; size: number | null }> {
  const [{ verifyCheckpoint }, { verifyInclusion }, { leafOf }, { fromBase64 }, { decodeVerifierKey }] = await Promise.all([
    import('@/server/crypto/transparency/checkpoint'),
    import('@/server/crypto/transparency/merkle'),
    import('@/server/crypto/transparency/audit-record'),
    import('@/server/crypto/transparency/bytes'),
    import('@/server/crypto/transparency/note'),
  ])
  try {
    const { size, root } = verifyCheckpoint(checkpoint, keys.map(decodeVerifierKey))
    const ok = verifyInclusion(leafOf(row.entry), row.entry.sequence - 1, size, proof.map(fromBase64), root)
    return { ok, size, says: ok ? `Proved against the signed checkpoint of ${size} rows.` : 'The row does not lead to the root of the checkpoint.' }
  } catch (error) {
    return { ok: false, size: null, says: error instanceof Error ? error.message : 'The checkpoint cannot be verified.' }
  }
}
