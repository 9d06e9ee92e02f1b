import { newId } from './new-id'
import { enqueue, type Work } from './outbox'
import { outboxStore } from './outbox-store'
import { lastOwner } from './owner'
import { tellChanged } from './send'

const text = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** What another app shared, as things to send: files, an address, or a text. Apps often put the address into the text. */
export function sharedWork(form: FormData): Work[] {
  const files = form.getAll('file').filter((entry): entry is File => entry instanceof File && entry.size > 0)
  if (files.length > 0) return files.map((file) => ({ kind: 'file', name: file.name || 'Shared file', file }))
  const [title, content, given] = [text(form, 'title'), text(form, 'text'), text(form, 'url')]
  const url = given || (/^https?:\/\/\S+$/.test(content) ? content : '')
  if (url) return [{ kind: 'address', url }]
  return content ? [{ kind: 'text', title: title || content.slice(0, 80), content }] : []
}

/** Puts what was shared into the outbox, whoever is signed in or not, and opens the place where it is seen to go. */
export async function takeShared(request: Request): Promise<Response> {
  try {
    const owner = await lastOwner()
    for (const work of sharedWork(await request.formData())) await enqueue(outboxStore, { work, owner, id: newId(), now: Date.now() })
    tellChanged()
  } catch {
    // No room for it, or not a form: the list, which opens next, shows what was taken.
  }
  return Response.redirect('/knowledge?outbox=open', 303)
}
