const encoder = new TextEncoder()
const event = (name: string, json: string) => encoder.encode(`event: ${name}\ndata: ${json}\n\n`)

/**
 * Answers with server-sent events (WHATWG HTML, 9.2): `progress` while `run` works, then `result` or `error`.
 * What fails before the first progress is answered as an ordinary problem with its own status.
 */
export async function eventStream(run: (progress: (event: object) => void) => Promise<Response>): Promise<Response> {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let open = true
  const body = new ReadableStream<Uint8Array>({
    start(c) {
      controller = c
    },
    cancel() {
      open = false
    },
  })
  let begin: () => void = () => {}
  const begun = new Promise<undefined>((resolve) => {
    begin = () => resolve(undefined)
  })
  const finished = run((progress) => {
    if (open) controller?.enqueue(event('progress', JSON.stringify(progress)))
    begin()
  })
  const early = await Promise.race([begun, finished])
  if (early && !early.ok) return early
  void finished
    .then(async (response) => {
      const json = await response.text()
      if (!open) return
      controller?.enqueue(event(response.ok ? 'result' : 'error', json))
      controller?.close()
    })
    .catch((error) => controller?.error(error))
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' },
  })
}
