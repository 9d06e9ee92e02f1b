import { reportReachable } from '@/components/offline/connection'
import { ownHeaders } from './call'
import { Problem, readProblem } from './problem'
import type { Accepted } from './types'

/**
 * Sends one file to be read (multipart field `file`). XMLHttpRequest, because fetch tells nothing about the bytes already sent.
 * `onSent` gets a share from 0 to 1. Rejects with a Problem, or an AbortError when `signal` aborts.
 */
export function uploadFile(
  file: File,
  name: string,
  signal: AbortSignal,
  onSent: (share: number) => void,
  idempotencyKey: string,
): Promise<Accepted[]> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const done = () => signal.removeEventListener('abort', abort)
    request.open('POST', '/api/v1/neural/sources')
    for (const [header, value] of Object.entries({ ...ownHeaders, 'idempotency-key': idempotencyKey })) request.setRequestHeader(header, value)
    request.responseType = 'text'
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onSent(event.loaded / event.total)
    }
    request.onabort = () => {
      done()
      reject(new DOMException('Aborted', 'AbortError'))
    }
    request.onerror = () => {
      done()
      reportReachable(false)
      reject(new Problem({ status: 0, code: 'offline', detail: 'The connection broke off while sending. Try again.' }))
    }
    request.onload = () => {
      done()
      let body: unknown = null
      try {
        body = JSON.parse(request.responseText)
      } catch {
        body = null
      }
      const items = (body as { items?: Accepted[] } | null)?.items
      if (request.status >= 200 && request.status < 300 && Array.isArray(items)) resolve(items)
      else reject(readProblem(body, request.status, { get: (header) => request.getResponseHeader(header) }))
    }
    if (signal.aborted) return reject(new DOMException('Aborted', 'AbortError'))
    signal.addEventListener('abort', abort)
    const form = new FormData()
    form.append('file', file, name)
    request.send(form)
  })
}
